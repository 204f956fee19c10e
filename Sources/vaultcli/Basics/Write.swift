internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `write`: data to a path.
struct Write: VaultCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write data to a path.",
        discussion: """
            Data is key=value; a value of @file is read from that file and - from standard input. @file.json and - as \
            words of their own take a whole JSON object. Secrets need not stand on the command line.

              $ vaultcli write auth/userpass/users/ana password=@password.txt policies=app
              $ vaultcli write -f sys/tools/random
            """)

    @Flag(name: .flag("force", alias: "f"), help: "Write even without data.") private var force = false
    @Argument(help: "Path to write to.") private var path: String
    @Argument(help: "Data: key=value, key=@file, key=-, @file.json or -.") private var data: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard force || !data.isEmpty else { throw .usage("Must supply data or use -force") }
        let object = try KeyValueInput.parse(data, session.surroundings.console)
        try await Self.send(VaultRequest(.put, VaultPath.trimmed(path), json: .object(object)), in: session)
    }

    /// Sends a write and shows its answer, or that there is none.
    ///
    /// - Parameters:
    ///   - request: the write.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the server refuses.
    static func send(_ request: VaultRequest, in session: Session) async throws(Failure) {
        let response = try await session.send(request, or: "Error writing data to \(request.path)")
        guard !response.body.isEmpty else {
            return session.confirm("Success! Data written to: \(request.path)")
        }
        try session.show(try session.secret(response))
    }
}
