internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `status`: sealed or not, and who leads.
struct StatusCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether the server is sealed, and who leads.",
        discussion: """
            Needs no token. Exit status: 0 unsealed, 1 an error, 2 sealed.

              $ vaultcli status -format=json
            """)

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let status: JSON
        do {
            status = try session.data(
                try await session.send(VaultRequest(.get, "sys/seal-status"), or: "Error checking seal status"))
        } catch {
            // Status 2 says "sealed" here, so whatever failed is 1.
            throw error.status == 2 ? Failure(message: error.message, status: 1) : error
        }
        try await session.show(seal: status)
        if status["sealed"]?.boolValue ?? true { throw Failure(message: "", status: 2) }
    }
}
