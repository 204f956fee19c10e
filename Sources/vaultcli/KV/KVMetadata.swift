internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `kv metadata`: a key's settings and the list of its versions.
struct KVMetadata: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "metadata",
        abstract: "Show and change a key's settings, or remove the key.",
        subcommands: [KVMetadataGet.self, KVMetadataPut.self, KVMetadataPatch.self, KVMetadataDelete.self])
}

/// `kv metadata get`: settings and versions.
struct KVMetadataGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show a key's settings and versions.",
        discussion: """
            Shows no data, so it can be allowed to more people than the data.

              $ vaultcli kv metadata get -mount=secret app/db
            """)

    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let location = try await KVLocation.find(key, mount: options.mount, session)
        try location.requireVersions(for: "metadata")
        let path = location.path(of: "metadata")
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("No value found at \(path)")
        }
        let secret = try session.secret(response)
        guard session.settings.field == nil, secret.wrapInfo == nil else { return try session.show(secret) }
        try session.show(secret.json) { Self.table(secret.data.objectValue ?? JSONObject(), path) }
    }

    private static func table(_ data: JSONObject, _ path: String) -> String {
        var metadata = data
        metadata["versions"] = nil
        let heading = Table.heading("Metadata Path", width: path.utf8.count)
        var blocks = ["\(heading)\n\(CellText.printable(path))", Table.block("Metadata", metadata)]
        let versions = (data["versions"]?.objectValue?.members ?? []).sorted { number($0) < number($1) }
        blocks += versions.map { Table.block("Version \($0.name)", $0.value.objectValue ?? JSONObject()) }
        return blocks.joined(separator: "\n\n")
    }

    private static func number(_ version: JSONObject.Member) -> Int {
        Int(version.name) ?? .max
    }
}

/// `kv metadata delete`: the key with all its versions.
struct KVMetadataDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove a key with all its versions.",
        discussion: """
            It cannot be undone.

              $ vaultcli kv metadata delete -mount=secret app/db
            """)

    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let location = try await KVLocation.find(key, mount: options.mount, session)
        try location.requireVersions(for: "metadata")
        try await Delete.send(VaultRequest(.delete, location.path(of: "metadata")), in: session)
    }
}
