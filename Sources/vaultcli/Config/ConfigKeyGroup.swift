internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config key`: what the keys are.
struct ConfigKeyGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Say what keys are: type, schema, owner, who may see them.",
        discussion: """
              $ vaultcli config key set log.level -type=string -schema='{"enum":["debug","info","warn"]}'
              $ vaultcli config key list
            """,
        subcommands: [ConfigKeyGet.self, ConfigKeySet.self, ConfigKeyList.self, ConfigKeyDelete.self])
}

/// `config key get`: what a key is.
struct ConfigKeyGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show what a key is.",
        discussion: """
              $ vaultcli config key get log.level
            """)

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("keys", key)
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("Nobody declared \(key)")
        }
        try session.show(response) { Table.keyed($0.objectValue ?? JSONObject()) }
    }
}

/// `config key set`: a key, declared or changed.
struct ConfigKeySet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Declare a key, or change what it is.",
        discussion: """
            A new key needs its type. Of one that is there, what is not named stays; none takes a schema, a lock or a \
            deprecation back.

              $ vaultcli config key set pool.size -type=integer -default=10 -reload=static -owner=shop
              $ vaultcli config key set pool.size -schema='{"minimum":1,"maximum":200}'
              $ vaultcli config key set pool.max -deprecated="use pool.size"
            """)

    @OptionGroup private var options: ConfigKeyOptions
    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("keys", key)
        let present = try await session.reading(path)
        let body = try options.body(present: present, session.surroundings.console)
        guard !body.members.isEmpty else {
            throw .usage("There is nothing to change; see `vaultcli config key set -help`")
        }
        guard present != nil || body["type"] != nil else { throw .usage("A new key needs its -type") }
        // Without a key, null would be a value where it only takes something back.
        let content = present == nil ? JSONObject(body.members.filter { !Self.isNothing($0) }) : body
        let request = VaultRequest(present == nil ? .post : .patch, path, json: change.body(content))
        try await ConfigWriting.send(request, present == nil ? "Declared \(key)" : "Changed \(key)", session)
    }

    private static func isNothing(_ member: JSONObject.Member) -> Bool {
        guard case .null = member.value else { return false }
        return !member.name.bytesEqual(to: "default")
    }
}

/// `config key list`: the keys.
struct ConfigKeyList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the keys that are declared.",
        discussion: """
            All filters given must hold.

              $ vaultcli config key list -owner=platform -search=pool
            """)

    @Option(name: .flag("search"), help: "Only with this text in key, description or owner.")
    private var search: String?
    @Option(name: .flag("tag"), help: "Only with this tag.") private var tag: String?
    @Option(name: .flag("owner"), help: "Only of this owner.") private var owner: String?
    @OptionGroup private var mount: ConfigMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let filters = [("search", search), ("tag", tag), ("owner", owner)]
        try await session.show(
            listing: try mount.path("keys"),
            query: filters.compactMap { name, value in value.map { (name, $0) } }, none: "No key is declared",
            heading: ["Key", "Type", "Sensitive", "Reload", "Owner", "Tags", "Description"]
        ) { key, facts in
            let tags = facts["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return [key] + ["type", "sensitive", "reload", "owner"].map { CellText.field(facts[$0] ?? "") }
                + [tags.joined(separator: ","), facts["description"]?.stringValue ?? ""]
        }
    }
}

/// `config key delete`: a key that nothing says anything of.
struct ConfigKeyDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Take the declaration of a key back.",
        discussion: """
              $ vaultcli config key delete pool.max
            """,
        aliases: ["rm"])

    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try mount.path("keys", key), query: change.query)
        try await ConfigWriting.send(request, "Deleted \(key)", session)
    }
}
