internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `secrets move`: an engine, elsewhere.
struct SecretsMove: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move a secrets engine to another path.",
        discussion: """
            Its data goes with it; its leases are revoked.

              $ vaultcli secrets move secret generic
            """)

    /// How often the server is asked whether it is done, half a second apart.
    private static let greatestQuestions = 1200

    @Argument(help: "Mount to move.") private var source: String
    @Argument(help: "Where to.") private var destination: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (from, to) = (VaultPath.mount(source), VaultPath.mount(destination))
        let response = try await session.send(
            VaultRequest(.post, "sys/remount", json: ["from": .string(from), "to": .string(to)]),
            or: "Error moving secrets engine \(from) to \(to)")
        let answer = try session.data(response)
        guard let id = answer["migration_id"]?.stringValue else {
            // Servers before migrations had names moved at once.
            return session.confirm("Success! Finished moving secrets engine \(from) to \(to)")
        }
        session.confirm("Started moving secrets engine \(from) to \(to), with migration ID \(id)")
        try await follow(id, session)
        session.confirm("Success! Finished moving secrets engine \(from) to \(to), with migration ID \(id)")
    }

    private func follow(_ id: String, _ session: Session) async throws(Failure) {
        let request = VaultRequest(.get, "sys/remount/status/\(id)")
        for _ in 0..<Self.greatestQuestions {
            guard let response = try await session.prepare(request, or: "Error checking migration status") else {
                throw .server("The server does not know migration \(id)")
            }
            switch try session.secret(response).data["migration_info"]?["status"]?.stringValue {
            case "success": return
            case "failure": throw .server("Failure! Moving the secrets engine failed, with migration ID \(id)")
            default: break
            }
            do {
                try await Task.sleep(for: .milliseconds(500))
            } catch {
                throw .usage("Cancelled; the server goes on with migration \(id)")
            }
        }
        throw .server("The server has not finished migration \(id) in ten minutes; it may still go on")
    }
}
