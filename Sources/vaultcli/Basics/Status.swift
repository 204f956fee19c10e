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
        let isSealed = status["sealed"]?.boolValue ?? true
        let leader = isSealed ? nil : try await leader(session)
        try session.show(Self.combined(status, leader)) { SealStatusTable.text(status, leader: leader) }
        if isSealed { throw Failure(message: "", status: 2) }
    }

    /// A server without high availability may refuse the question; the seal's state is the answer then.
    private func leader(_ session: Session) async throws(Failure) -> JSON? {
        let response = try? await session.prepare(VaultRequest(.get, "sys/leader"), or: "Error checking leader status")
        return try response.map { response throws(Failure) in try session.data(response) }
    }

    private static func combined(_ status: JSON, _ leader: JSON?) -> JSON {
        var result = status.objectValue ?? JSONObject()
        for member in leader?.objectValue?.members ?? [] { result[member.name] = member.value }
        return .object(result)
    }
}
