internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `read`: what is at a path.
struct Read: VaultCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read what is at a path.",
        discussion: """
            Reads secrets, settings and generated credentials. Words after the path are sent as the query. Use \
            `kv get` for secrets in a versioned KV mount.

              $ vaultcli read sys/mounts/secret
              $ vaultcli read -field=random_bytes sys/tools/random
            """)

    static let allowsRaw = true

    @Argument(help: "Path to read.") private var path: String
    @Argument(help: "Query, as key=value.") private var data: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = VaultPath.trimmed(path)
        let request = VaultRequest(.get, path, query: try Query.items(data, session.surroundings.console))
        guard let response = try await session.find(request, or: "Error reading \(path)") else {
            throw .server("No value found at \(path)")
        }
        if session.settings.format == .raw {
            let text = String(decoding: response.body, as: UTF8.self)
            return session.print(text.utf8.last == 0x0A ? String(text.dropLast()) : text)
        }
        let secret = try session.secret(response)
        if response.status == 404, secret.data.objectValue == nil {
            session.warn(secret.warnings)
            throw .server("No value found at \(path)")
        }
        try session.show(secret)
    }
}
