internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag diff`: what differs between versions or environments.
struct FlagDifference: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two versions or two environments.",
        discussion: """
            With one environment: between two versions of the state, without -from and -to what the last change \
            changed. With -env twice: between the current states of both.

              $ vaultcli flag diff shop -env=prod -from=3 -to=5
              $ vaultcli flag diff shop -env=staging -env=prod
            """)

    /// Members that always differ between environments and say nothing about behaviour; a salt belongs to its state.
    static let facts = [
        "environment", "version", "revision", "action", "reason", "updated_by", "updated_time", "created_time", "salt",
    ]

    @Option(name: .flag("from"), help: "The earlier version; 0 is none.") private var from: Int?
    @Option(name: .flag("to"), help: "The later version.") private var to: Int?
    @Option(
        name: .flag("env"),
        help: "Environment; twice to compare two. [PULSEVAULT_ENVIRONMENT, else prod]")
    private var environments: [String] = []
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard environments.count <= 2 else { throw .usage("Two environments can be compared, no more") }
        guard environments.count < 2 else { return try await compareEnvironments(session) }
        let environment = environments.first ?? session.surroundings.environment["ENVIRONMENT"] ?? "prod"
        let path = try mount.path("diff", environment, key)
        var request = VaultRequest(.get, path)
        if let from { request.query.append(("from", String(from))) }
        if let to { request.query.append(("to", String(to))) }
        guard let response = try await session.find(request, or: "Error reading \(path)") else {
            throw .server("Flag \(key) has no state in \(environment)")
        }
        try session.show(response) {
            FlagChange.text(FlagChange.list($0["changes"]), none: "The versions are the same")
        }
    }

    private func compareEnvironments(_ session: Session) async throws(Failure) {
        guard from == nil, to == nil else { throw .usage("-from and -to are about versions in one environment") }
        var states: [JSON?] = []
        for environment in environments {
            states.append(Self.behaviour(try await session.reading(try mount.path("states", environment, key))))
        }
        guard states.contains(where: { $0 != nil }) else {
            throw .server("Flag \(key) has no state in \(environments[0]) and none in \(environments[1])")
        }
        for (environment, state) in zip(environments, states) where state == nil {
            throw .server("Flag \(key) has no state in \(environment)")
        }
        let changes = FlagChange.between(states[0], states[1])
        let answer: JSON = [
            "from": .string(environments[0]), "to": .string(environments[1]), "changes": .array(changes.map(\.json)),
        ]
        try session.show(answer) {
            FlagChange.text(changes, none: "\(key) behaves the same in \(environments[0]) and \(environments[1])")
        }
    }

    private static func behaviour(_ state: JSONObject?) -> JSON? {
        guard var state else { return nil }
        for fact in facts { state[fact] = nil }
        return .object(state)
    }
}

/// `flag promote`: one environment's state, given to another.
struct FlagPromote: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Give a flag's state in one environment to another.",
        discussion: """
            Copies everything but the salt, a kill and overrides, and shows what changes. -dry-run shows it and \
            writes nothing.

              $ vaultcli flag promote shop -from=staging -to=prod -dry-run
              $ vaultcli flag promote shop -from=staging -to=prod -reason="tested"
            """)

    @Option(name: .flag("from"), help: "Environment whose state is copied.") private var from: String
    @Option(name: .flag("to"), help: "Environment that gets it.") private var to: String
    @Flag(name: .flag("dry-run"), help: "Show what would change and write nothing.") private var isDryRun = false
    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var content = JSONObject()
        if isDryRun { content["dry_run"] = true }
        let request = VaultRequest(.post, try mount.path("promote", from, to, key), json: change.body(content))
        let response = try await session.send(request, or: "Error promoting flag \(key) from \(from) to \(to)")
        try session.show(response) { answer in
            let changes = FlagChange.list(answer["changes"])
            guard !changes.isEmpty else { return "Nothing to do: \(key) in \(to) is as in \(from) already" }
            let text = FlagChange.text(changes, none: "")
            return isDryRun ? text : text + "\n" + FlagStateText.done("Promoted \(key) from \(from) to \(to)", answer)
        }
    }
}
