internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config rollout advance`: the next step, at once.
struct ConfigRolloutAdvance: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance",
        abstract: "Go to the next step at once, without waiting for anything.",
        discussion: """
              $ vaultcli config rollout advance r1 -reason="looks good"
            """)

    @OptionGroup private var move: ConfigRolloutMove
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await move.send("advance", session)
    }
}

/// `config rollout pause`: no further steps for now.
struct ConfigRolloutPause: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Hold a rollout where it is.",
        discussion: """
              $ vaultcli config rollout pause r1 -reason="until Monday"
            """)

    @OptionGroup private var move: ConfigRolloutMove
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await move.send("pause", session)
    }
}

/// `config rollout resume`: a paused one, going on.
struct ConfigRolloutResume: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a paused rollout go on; the time of its step begins anew.",
        discussion: """
              $ vaultcli config rollout resume r1
            """)

    @OptionGroup private var move: ConfigRolloutMove
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await move.send("resume", session)
    }
}

/// `config rollout abort`: everything as it was before.
struct ConfigRolloutAbort: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "Take the change back from everybody.",
        discussion: """
              $ vaultcli config rollout abort r1 -reason="too many errors"
            """)

    @OptionGroup private var move: ConfigRolloutMove
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await move.send("abort", session)
    }
}

/// `config rollout delete`: one that is over, forgotten.
struct ConfigRolloutDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Forget a rollout that is over.",
        discussion: """
              $ vaultcli config rollout delete r1
            """,
        aliases: ["rm"])

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Rollout.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try mount.path("rollouts", id))
        let response = try await session.send(request, or: "Error deleting rollout \(id)")
        try session.show(response) { _ in "Success! Deleted rollout \(id)" }
    }
}

/// What people do with a rollout.
struct ConfigRolloutMove: ParsableArguments {
    @Option(name: .flag("reason"), help: "Why; shown with the rollout.") private var reason: String?
    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Rollout.") private var id: String

    /// Sends what is to be done and shows what came of it.
    ///
    /// - Parameters:
    ///   - verb: the last part of the path, for example `pause`.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the server refuses.
    func send(_ verb: String, _ session: Session) async throws(Failure) {
        let path = try mount.path("rollouts", id, verb)
        var body = JSONObject()
        if let reason { body["reason"] = .string(reason) }
        let response = try await session.send(
            VaultRequest(.post, path, json: .object(body)), or: "Error changing rollout \(id)")
        try session.show(response) { "Success! " + ConfigRolloutText.line($0) }
    }
}

/// A rollout for people.
enum ConfigRolloutText {
    /// A line about how far it has come.
    ///
    /// - Parameter rollout: the rollout as the server shows it.
    /// - Returns: the phase, the step and what it waits for.
    static func line(_ rollout: JSON) -> String {
        let phase = rollout["phase"]?.stringValue ?? ""
        var line = "Rollout \(CellText.field(rollout["id"] ?? "")): \(phase)"
        if phase.bytesEqual(to: "running") || phase.bytesEqual(to: "paused") {
            let steps = rollout["steps"]?.arrayValue?.count ?? 0
            // The server counts the steps of a rollout from 0.
            let step = (rollout["step"]?.intValue ?? 0).addingReportingOverflow(1).partialValue
            line += ", \(CellText.field(rollout["percent"] ?? ""))% of the instances (step \(step) of \(steps))"
            if let live = rollout["cohort"]?["live"], let acknowledged = rollout["cohort"]?["acknowledged"] {
                line += ", \(CellText.field(acknowledged)) of \(CellText.field(live)) live ones have applied it"
            }
        }
        let remarks = [rollout["waiting_for"], rollout["note"]].compactMap { $0?.stringValue }.filter { !$0.isEmpty }
        return CellText.printable(([line] + remarks).joined(separator: ": "))
    }
}
