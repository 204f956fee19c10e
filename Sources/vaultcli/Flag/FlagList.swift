internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag list`: the flags and what they are.
struct FlagList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List flags.",
        discussion: """
            All filters given must hold. Archived flags are listed with -archived, and then alone. With -env a column \
            shows whether the flag is on, off or killed in that environment; a dash means that it has no state there.

              $ vaultcli flag list -owner=payments -env=staging -env=prod
              $ vaultcli flag list -search=checkout -format=json
            """)

    @Option(name: .flag("search"), help: "Only with this text in key, description or owner.")
    private var search: String?
    @Option(name: .flag("tag"), help: "Only with this tag.") private var tag: String?
    @Option(name: .flag("owner"), help: "Only of this owner.") private var owner: String?
    @Option(
        name: .flag("kind"), help: "Only of this kind: release, experiment, ops or permission.",
        completion: .list(["release", "experiment", "ops", "permission"]))
    private var kind: String?
    @Flag(name: .flag("archived"), help: "The archived flags instead of those in use.") private var archived = false
    @Option(name: .flag("env"), help: "Show the state in this environment; may be repeated.")
    private var environments: [String] = []
    @OptionGroup private var mount: FlagMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("definitions")
        let filters = [("search", search), ("tag", tag), ("owner", owner), ("kind", kind)]
        var query: [(name: String, value: String)] = [("list", "true")]
        query += filters.compactMap { name, value in value.map { (name, $0) } }
        if archived { query.append(("archived", "true")) }
        let request = VaultRequest(.get, path, query: query)
        guard let response = try await session.find(request, or: "Error listing \(path)") else {
            throw .server("No flags found at \(path)")
        }
        let secret = try session.secret(response)
        if secret.wrapInfo != nil { return try session.show(secret) }
        let keys = secret.data["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
        guard !keys.isEmpty else { throw .server("No flags found at \(path)") }
        var information = secret.data["key_info"]?.objectValue ?? JSONObject()
        for environment in environments { try await add(environment, keys, to: &information, session) }
        if session.settings.format == .table { session.warn(secret.warnings) }
        try session.show(["keys": .strings(keys), "key_info": .object(information)]) { table(keys, information) }
    }

    /// Adds `states.ENVIRONMENT` to what is told about each flag.
    private func add(
        _ environment: String, _ keys: [String], to information: inout JSONObject, _ session: Session
    ) async throws(Failure) {
        let states = try await session.listing(try mount.path("states", environment)).information
        for key in keys {
            var flag = information[key]?.objectValue ?? JSONObject()
            var all = flag["states"]?.objectValue ?? JSONObject()
            all[environment] = states[key].map { .string(FlagStateText.mode($0)) } ?? .null
            flag["states"] = .object(all)
            information[key] = .object(flag)
        }
    }

    private func table(_ keys: [String], _ information: JSONObject) -> String {
        let rows = keys.map { key -> [String] in
            let flag = information[key]
            let states = environments.map { flag?["states"]?[$0]?.stringValue ?? "-" }
            let tags = flag?["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return [key] + ["type", "kind", "owner"].map { CellText.field(flag?[$0] ?? "") }
                + [tags.joined(separator: ",")] + states + [flag?["description"]?.stringValue ?? ""]
        }
        return Table.columns([["Key", "Type", "Kind", "Owner", "Tags"] + environments + ["Description"]] + rows)
    }
}
