internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `path-help`: what the server says about a path.
struct PathHelp: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "path-help",
        abstract: "Show the server's help about a path.",
        discussion: """
            Every path of every engine has help. With -format=json it is an OpenAPI document where the server has one.

              $ vaultcli path-help secret
            """)

    @Argument(help: "Path to explain.") private var path: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = VaultPath.trimmed(path)
        let request = VaultRequest(.get, path, query: [("help", "1")])
        let response = try await session.send(request, or: "Error retrieving help")
        let help = try session.data(response)
        let document = help["openapi"]?.objectValue.map { JSON.object($0) } ?? help
        try session.show(document) { VaultPath.withoutSpace(help["help"]?.stringValue ?? "") }
    }
}
