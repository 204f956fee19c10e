internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `list`: the names below a path.
struct List: VaultCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the names below a path.",
        discussion: """
            A name that ends in a slash is a folder. Long lists can be read in pages where the server supports it.

              $ vaultcli list auth/userpass/users
              $ vaultcli list -after=m -limit=50 secret/metadata
            """)

    @Option(name: .flag("after"), help: "Begin behind this name.") private var after: String?
    @Option(name: .flag("limit"), help: "List so many names at most.") private var limit: Int?
    @Flag(name: .flag("detailed"), help: "Show what the server knows about each name. [VAULT_DETAILED]")
    private var detailed = false
    @Argument(help: "Path to list.") private var path: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var request = VaultRequest(.get, VaultPath.trimmed(path), query: [("list", "true")])
        if let after { request.query.append(("after", after)) }
        if let limit { request.query.append(("limit", String(limit))) }
        let isDetailed = try session.surroundings.environment.isOn("DETAILED") ? true : detailed
        try await Self.send(request, detailed: isDetailed, in: session)
    }

    /// Sends a listing and shows its names.
    ///
    /// - Parameters:
    ///   - request: the listing.
    ///   - detailed: whether to show what the server knows about each name.
    ///   - session: the session.
    /// - Throws: ``Failure`` with status 2 when there are none.
    static func send(_ request: VaultRequest, detailed: Bool = false, in session: Session) async throws(Failure) {
        guard let response = try await session.find(request, or: "Error listing \(request.path)") else {
            throw nothing(at: request.path, session)
        }
        let secret = try session.secret(response)
        if secret.wrapInfo != nil { return try session.show(secret) }
        guard let names = secret.data["keys"]?.arrayValue?.compactMap(\.stringValue) else {
            if session.settings.format == .table { session.warn(secret.warnings) }
            throw nothing(at: request.path, session)
        }
        session.warn(secret.warnings)
        if detailed, let information = secret.data["key_info"]?.objectValue {
            return try session.show(secret.data) { table(names, information) }
        }
        let isTable = session.settings.format == .table
        let sorted = isTable ? names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : names
        try session.show(names: sorted, heading: "Keys")
    }

    /// The end of a listing without names: programs get an empty document instead of words.
    private static func nothing(at path: String, _ session: Session) -> Failure {
        guard session.settings.format != .table else { return .server("No value found at \(path)") }
        session.print("{}")
        return .server("")
    }

    private static func table(_ names: [String], _ information: JSONObject) -> String {
        var columns: [String] = []
        for member in information.members.flatMap({ $0.value.objectValue?.members ?? [] })
        where !columns.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) {
            columns.append(member.name)
        }
        let rows = names.map { name in
            [name] + columns.map { CellText.cell(information[name]?[$0] ?? "") }
        }
        return Table.columns([["Keys"] + columns] + rows)
    }
}
