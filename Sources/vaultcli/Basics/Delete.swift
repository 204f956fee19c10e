internal import ArgumentParser
internal import VaultClient

/// `delete`: what is at a path.
struct Delete: VaultCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete what is at a path.",
        discussion: """
            What deletion means is up to the engine mounted there. Words after the path are sent as the query.

              $ vaultcli delete auth/userpass/users/ana
            """)

    @Argument(help: "Path to delete.") private var path: String
    @Argument(help: "Query, as key=value.") private var data: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let query = try Query.items(data, session.surroundings.console)
        try await Self.send(VaultRequest(.delete, VaultPath.trimmed(path), query: query), in: session)
    }

    /// Sends a deletion and shows its answer, or that there is none.
    ///
    /// - Parameters:
    ///   - request: the deletion.
    ///   - shownPath: the path to name instead of the request's.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the server refuses.
    static func send(
        _ request: VaultRequest, naming shownPath: String? = nil, in session: Session
    ) async throws(Failure) {
        let path = shownPath ?? request.path
        let response = try await session.send(request, or: "Error deleting \(path)")
        guard !response.body.isEmpty else {
            return session.confirm("Success! Data deleted (if it existed) at: \(path)")
        }
        try session.show(try session.secret(response))
    }
}
