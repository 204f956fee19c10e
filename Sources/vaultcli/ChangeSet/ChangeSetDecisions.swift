internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `changeset approve`: an agreement.
struct ChangeSetApprove: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Agree to a change set of somebody else.",
        discussion: """
              $ vaultcli changeset approve ID -reason="checked with the shop team"
            """)

    @OptionGroup private var decision: ChangeSetDecision
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await decision.send("approve", [:], session)
    }
}

/// `changeset reject`: a refusal.
struct ChangeSetReject: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Refuse a change set.",
        discussion: """
              $ vaultcli changeset reject ID -reason="not before Monday"
            """)

    @OptionGroup private var decision: ChangeSetDecision
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await decision.send("reject", [:], session)
    }
}

/// `changeset schedule`: a time at which it is applied.
struct ChangeSetSchedule: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Have an approved change set applied at a time.",
        discussion: """
              $ vaultcli changeset schedule ID -at=2027-01-31T21:00:00Z
              $ vaultcli changeset schedule ID -at=+2h
            """)

    @Option(name: .flag("at"), parsing: .unconditional, help: "When: \(FlagInstant.forms).") private var at: String
    @OptionGroup private var decision: ChangeSetDecision
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let time = try FlagInstant.parse(at, flag: "at", now: .now())
        try await decision.send("schedule", ["at": .string(time)], session)
    }
}

/// `changeset apply`: everything, at once.
struct ChangeSetApply: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Apply a change set: all of it, or nothing.",
        discussion: """
            When something has changed since it was proposed, nothing is written, and the answer names the items.

              $ vaultcli changeset apply ID
            """)

    @OptionGroup private var decision: ChangeSetDecision
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await decision.send("apply", [:], session)
    }
}

/// `changeset rollback`: everything, as it was before.
struct ChangeSetRollback: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Take an applied change set back as a whole.",
        discussion: """
            Within an hour it needs no new approvals.

              $ vaultcli changeset rollback ID -reason="incident 7"
            """)

    @OptionGroup private var decision: ChangeSetDecision
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await decision.send("rollback", [:], session)
    }
}

/// What people decide about a change set.
struct ChangeSetDecision: ParsableArguments {
    @Option(name: .flag("reason"), help: "Why; kept with it.") private var reason: String?
    @Argument(help: "Identifier.") private var id: String

    /// Sends a decision and shows what came of it.
    ///
    /// - Parameters:
    ///   - verb: the last part of the path, for example `approve`.
    ///   - content: what goes with it.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the server refuses.
    func send(_ verb: String, _ content: JSONObject, _ session: Session) async throws(Failure) {
        var body = content
        if let reason { body["reason"] = .string(reason) }
        let path = try ChangeSetPath.sets(id, verb)
        let request = session.wrapping(VaultRequest(.post, path, json: .object(body)))
        try session.printInstead(request)
        let response: VaultResponse
        do {
            response = try await session.vault.send(request)
        } catch {
            session.warn(error.warnings)
            // What is in the way of a change set comes with the refusal.
            if let data = (try? JSON(parsing: error.body))?["data"], data["problems"] != nil || data["items"] != nil {
                session.note(ChangeSetText.obstacles(data))
            }
            throw Failure(error, during: "Error: could not \(verb) change set \(id)")
        }
        try session.show(response) { "Success! " + ChangeSetText.line($0) }
    }
}
