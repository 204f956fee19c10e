internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `kv get`: the data of a key.
struct KVGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show the data of a key.",
        discussion: """
            Shows the current version, or an earlier one. A deleted version shows when it was deleted. Where a \
            version is tried first, it shows what readers get, and with -instance what one of them gets.

              $ vaultcli kv get -mount=secret app/db
              $ vaultcli kv get -version=2 -field=password secret/app/db
            """)

    @Option(name: .flag("version"), help: "Version to show; 0 is the one that readers get.") private
        var version: Int?
    @Option(name: .flag("instance"), help: "Instance that reads; see kv canary. [PULSEVAULT_INSTANCE]") private
        var instance: String?
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let location = try await KVLocation.find(key, mount: options.mount, session)
        let path = location.path(of: "data")
        var request = VaultRequest(.get, path)
        // A mount without versions has one value, whichever is asked for.
        if let version, version > 0, location.isVersioned { request.query = [("version", String(version))] }
        if let instance = instance ?? session.surroundings.environment["INSTANCE"] {
            request.headers.append(("X-Pulse-Instance", instance))
        }
        guard let response = try await session.find(request, or: "Error reading \(path)") else {
            throw .server("No value found at \(path)")
        }
        let secret = try session.secret(response)
        guard secret.wrapInfo == nil, secret.data.objectValue != nil else { return try session.show(secret) }
        if let field = session.settings.field {
            guard !location.isVersioned || secret.data["data"]?.objectValue != nil else {
                throw .server("No data found at \(path)")
            }
            return try show(field: field, secret, location, session)
        }
        try session.show(secret.json) { Self.table(secret, location, path) }
        if session.settings.format == .table { session.warn(secret.warnings) }
    }

    /// A field of the data; `data` and `metadata` name the blocks unless the data has such a key itself.
    private func show(
        field: String, _ secret: Secret, _ location: KVLocation, _ session: Session
    ) throws(Failure) {
        let data = location.isVersioned ? secret.data["data"] : secret.data
        let block = location.isVersioned ? secret.data[field] : nil
        guard let value = data?[field] ?? block, !value.isNull else {
            throw .usage("Field \"\(field)\" not present in map")
        }
        session.showField(value)
    }

    private static func table(_ secret: Secret, _ location: KVLocation, _ path: String) -> String {
        guard location.isVersioned else { return Table.block("Data", secret.data.objectValue ?? JSONObject()) }
        var blocks = [Table.heading("Secret Path", width: path.utf8.count) + "\n" + CellText.printable(path)]
        if let metadata = secret.data["metadata"]?.objectValue { blocks.append(Table.block("Metadata", metadata)) }
        if let data = secret.data["data"]?.objectValue { blocks.append(Table.block("Data", data)) }
        return blocks.joined(separator: "\n\n")
    }
}
