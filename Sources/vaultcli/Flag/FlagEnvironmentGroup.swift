internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag env`: the environments in which flags have states.
struct FlagEnvironmentGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Keep the environments in which flags have states.",
        discussion: """
            A mount begins with dev, staging and prod.

              $ vaultcli flag env put qa -type=test -order=1
            """,
        subcommands: [FlagEnvironmentList.self, FlagEnvironmentPut.self, FlagEnvironmentDelete.self])
}

/// `flag env list`: the environments in their order.
struct FlagEnvironmentList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the environments in their order.",
        discussion: """
              $ vaultcli flag env list
            """)

    @OptionGroup private var mount: FlagMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("environments")
        let request = VaultRequest(.get, path, query: [("list", "true")])
        guard let response = try await session.find(request, or: "Error listing \(path)") else {
            throw .server("No environments found at \(path)")
        }
        let secret = try session.secret(response)
        if secret.wrapInfo != nil { return try session.show(secret) }
        let names = secret.data["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
        try session.show(secret.data) {
            let rows = names.map { name in
                [name]
                    + ["type", "order", "protected"].map {
                        CellText.field(secret.data["key_info"]?[name]?[$0] ?? "")
                    }
            }
            return Table.columns([["Environment", "Type", "Order", "Protected"]] + rows)
        }
    }
}

/// `flag env put`: an environment, new or changed.
struct FlagEnvironmentPut: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Write an environment.",
        discussion: """
            What is not named stays; a new environment needs its type. Changes in a protected environment need sudo as \
            well, but for `flag kill`.

              $ vaultcli flag env put qa -type=test -order=1
              $ vaultcli flag env put prod -protected
            """)

    @Option(
        name: .flag("type"), help: "development, test, staging or production.",
        completion: .list(["development", "test", "staging", "production"]))
    private var type: String?
    @Option(name: .flag("order"), help: "Its place in the order of promotion, from 0.") private var order: Int?
    @Option(name: .flag("protected"), help: "Whether changes there need sudo as well (true or false).")
    private var protected: Bool?
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Environment.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("environments", name)
        let present = try await session.reading(path)
        guard type != nil || present != nil else {
            throw .usage("A new environment needs -type=development, test, staging or production")
        }
        var body = JSONObject()
        body["type"] = type.map { .string($0) } ?? present?["type"]
        body["order"] = order.map { .integer($0) } ?? present?["order"]
        body["protected"] = protected.map { .bool($0) } ?? present?["protected"]
        let request = VaultRequest(.post, path, json: .object(body))
        let response = try await session.send(request, or: "Error writing environment \(name)")
        try session.show(response) { _ in "Success! Wrote environment: \(name)" }
    }
}

/// `flag env delete`: an environment less.
struct FlagEnvironmentDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove an environment that no flag has a state in.",
        discussion: """
              $ vaultcli flag env delete qa
            """)

    @OptionGroup private var mount: FlagMount
    @Argument(help: "Environment.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try mount.path("environments", name))
        let response = try await session.send(request, or: "Error deleting environment \(name)")
        try session.show(response) { _ in "Success! Deleted environment: \(name)" }
    }
}
