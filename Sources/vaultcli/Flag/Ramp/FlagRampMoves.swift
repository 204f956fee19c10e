internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag ramp advance`: the next step, at once.
struct FlagRampAdvance: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance",
        abstract: "Go to a ramp's next step at once.",
        discussion: """
            Neither the time of the present step nor its gates are waited for. Behind the last step the ramp is \
            finished.

              $ vaultcli flag ramp advance shop -env=prod -reason="looks good"
            """)

    @Option(name: .flag("reason"), help: "Why; kept in the history.") private var reason: String?
    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await FlagRampMove.send("advance", key, place, reason: reason, session)
    }
}

/// `flag ramp approve`: a person's agreement to the next step.
struct FlagRampApprove: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Agree to a ramp's next step.",
        discussion: """
            It counts for the present step, and once for each name that tokens show. When it was the last thing \
            missing, the ramp goes on at once.

              $ vaultcli flag ramp approve shop -env=prod
            """)

    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await FlagRampMove.send("approve", key, place, session)
    }
}

/// `flag ramp pause`: no further steps for now.
struct FlagRampPause: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Hold a ramp where it is.",
        discussion: """
            Everyone keeps what they have, and the time of the step stands still until `flag ramp resume`.

              $ vaultcli flag ramp pause shop -env=prod -reason="until Monday"
            """)

    @Option(name: .flag("reason"), help: "Why; shown with the ramp.") private var reason: String?
    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await FlagRampMove.send("pause", key, place, reason: reason, session)
    }
}

/// `flag ramp resume`: a paused ramp, going on.
struct FlagRampResume: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a paused ramp go on.",
        discussion: """
            The step goes on with what was left of its time. A ramp pauses by itself when its flag is killed or \
            switched off; that must be over first, or it pauses again.

              $ vaultcli flag ramp resume shop -env=prod
            """)

    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await FlagRampMove.send("resume", key, place, session)
    }
}

/// `flag ramp abort`: everything as it was before the ramp.
struct FlagRampAbort: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "Give a ramp up and put everything back as it was before it.",
        discussion: """
            Those whom no target and no rule names get again what they got before the ramp began. To end a ramp and \
            keep what it reached, see `flag ramp delete`.

              $ vaultcli flag ramp abort shop -env=prod -reason="too many refunds"
            """)

    @Option(name: .flag("reason"), help: "Why; shown with the ramp.") private var reason: String?
    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await FlagRampMove.send("abort", key, place, reason: reason, session)
    }
}

/// `flag ramp delete`: a ramp, forgotten.
struct FlagRampDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Forget a ramp and leave what it reached.",
        discussion: """
            The flag behaves on as it does now, and no further step comes. To put everything back, see `flag ramp \
            abort`.

              $ vaultcli flag ramp delete shop -env=prod
            """)

    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = try place.environment(session)
        let request = VaultRequest(.delete, try place.mount.path("ramps", environment, key))
        let response = try await session.send(request, or: "Error deleting the ramp of \(key) in \(environment)")
        try session.show(response) { _ in "Success! Deleted the ramp of \(key) in \(environment)" }
    }
}

/// What people do with a ramp.
enum FlagRampMove {
    /// Sends what is to be done and shows what came of it.
    ///
    /// - Parameters:
    ///   - verb: the last part of the path, for example `pause`.
    ///   - key: the flag's key.
    ///   - place: where.
    ///   - reason: why; `nil` says nothing.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the server refuses.
    static func send(
        _ verb: String, _ key: String, _ place: FlagKnownPlace, reason: String? = nil, _ session: Session
    ) async throws(Failure) {
        let environment = try place.environment(session)
        let path = try place.mount.path("ramps", environment, key, verb)
        var body = JSONObject()
        if let reason { body["reason"] = .string(reason) }
        let response = try await session.send(
            VaultRequest(.post, path, json: .object(body)), or: "Error changing the ramp of \(key) in \(environment)")
        try show(response, session)
    }

    /// Shows a ramp after something was done with it: a line for people, and what they can do when it waits for them.
    ///
    /// - Parameters:
    ///   - response: the answer.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the answer cannot be read.
    static func show(_ response: VaultResponse, _ session: Session) throws(Failure) {
        try session.show(response) { "Success! " + FlagRampText.line($0) }
        guard session.settings.format == .table, session.settings.field == nil, !response.body.isEmpty else { return }
        let ramp = try session.secret(response).data
        let isForPeople = (ramp["waiting_for"]?.arrayValue ?? []).contains {
            $0["kind"]?.stringValue?.bytesEqual(to: "approval") ?? false
        }
        guard isForPeople, let key = ramp["flag"]?.stringValue, let environment = ramp["environment"]?.stringValue
        else { return }
        session.note(
            CellText.printable("To agree to the next step: vaultcli flag ramp approve \(key) -env=\(environment)"))
    }
}
