internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag on`: a flag, switched on.
struct FlagOn: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "on",
        abstract: "Switch a flag on in an environment.",
        discussion: """
            Rules, targets and rollout stay as they are and count from now on. A boolean flag without a state gets one \
            that gives everyone on; to begin with a few, see `flag rollout`.

              $ vaultcli flag on shop -env=staging
            """)

    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let state = try await FlagSwitch.send("toggle", ["on": true], key, place, session) { "\(key) is on in \($0)" }
        if FlagStateText.mode(state).bytesEqual(to: "killed") { FlagStateText.remark(state, session) }
    }
}

/// `flag off`: a flag, switched off.
struct FlagOff: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "off",
        abstract: "Switch a flag off in an environment.",
        discussion: """
            Everyone gets the off variation. Rules, targets and rollout stay for when it is switched on again.

              $ vaultcli flag off shop -env=prod -reason="waiting for the bank"
            """)

    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        _ = try await FlagSwitch.send("toggle", ["on": false], key, place, session) { "\(key) is off in \($0)" }
    }
}

/// `flag kill`: the off variation for everyone, at once.
struct FlagKill: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill",
        abstract: "Give everyone the off variation, at once and whatever else is set.",
        discussion: """
            For incidents: it asks for a capability of its own and works in protected environments too. It stays until \
            `flag revive`; edits, ramps and rollbacks do not end it. A reason must be given.

              $ vaultcli flag kill shop -env=prod -reason="incident 4711: double charges"
            """)

    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard !(place.change.reason ?? "").trimmingASCIISpace().isEmpty else {
            throw .usage("Say why: -reason=TEXT")
        }
        _ = try await FlagSwitch.send("kill", [:], key, place, session) { "\(key) is killed in \($0)" }
    }
}

/// `flag revive`: the end of a kill.
struct FlagRevive: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "revive",
        abstract: "End a kill.",
        discussion: """
            The flag behaves as its state says again, as it is by now.

              $ vaultcli flag revive shop -env=prod -reason="incident 4711 is over"
            """)

    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let state = try await FlagSwitch.send("revive", [:], key, place, session) { "\(key) is revived in \($0)" }
        if FlagStateText.mode(state).bytesEqual(to: "off") { FlagStateText.remark(state, session) }
    }
}

/// Changes of a state that the server makes at one word.
enum FlagSwitch {
    /// Sends a change and shows what came of it.
    ///
    /// - Parameters:
    ///   - verb: the first part of the path.
    ///   - content: what goes with it.
    ///   - key: the flag's key.
    ///   - place: where and why.
    ///   - session: the session.
    ///   - line: says what was done in the environment, for people.
    /// - Returns: the state afterwards.
    /// - Throws: ``Failure`` when the server refuses.
    static func send(
        _ verb: String, _ content: JSONObject, _ key: String, _ place: FlagWritingPlace, _ session: Session,
        line: (String) -> String
    ) async throws(Failure) -> JSON {
        let environment = try place.environment(session)
        let request = VaultRequest(
            .post, try place.mount.path(verb, environment, key), json: place.change.body(content))
        let response = try await session.send(request, or: "Error changing flag \(key) in \(environment)")
        try session.show(response) { FlagStateText.done(line(environment), $0) }
        return response.body.isEmpty ? .null : try session.secret(response).data
    }
}
