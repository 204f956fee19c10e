internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `policy`: what tokens may do.
struct PolicyGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Say what tokens may do.",
        discussion: """
              $ vaultcli policy write app app.hcl
              $ vaultcli policy read app
            """,
        subcommands: [
            PolicyList.self, PolicyRead.self, PolicyWrite.self, PolicyDelete.self, PolicyFormat.self, PolicyTest.self,
        ])
}

/// `policy list`: the names of policies.
struct PolicyList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the names of policies.",
        discussion: """
              $ vaultcli policy list
            """)

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.get, "sys/policies/acl", query: [("list", "true")])
        let response = try await session.send(request, or: "Error listing policies")
        let names = try session.secret(response).data["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
        try session.show(names: names, heading: nil)
    }
}

/// `policy read`: the text of a policy.
struct PolicyRead: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Show the text of a policy.",
        discussion: """
              $ vaultcli policy read app > app.hcl
            """)

    @Argument(help: "Policy.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let name = VaultPath.trimmed(name)
        let request = VaultRequest(.get, "sys/policies/acl/\(name)")
        guard let response = try await session.find(request, or: "Error reading policy named \(name)") else {
            throw .server("No policy named: \(name)")
        }
        let text = try session.secret(response).data["policy"]?.stringValue ?? ""
        let shown = VaultPath.withoutSpace(text)
        // The policy `root` has no text: it allows everything.
        guard !shown.isEmpty else { throw .server("No policy named: \(name)") }
        try session.show(["policy": .string(text)]) { shown }
    }
}

/// `policy write`: a policy, new or replaced.
struct PolicyWrite: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Write a policy.",
        discussion: """
            The text is HCL or JSON. A policy of that name is replaced, at once for all tokens that carry it.

              $ vaultcli policy write app app.hcl
              $ vaultcli policy write app - < app.hcl
            """)

    @Argument(help: "Policy.") private var name: String
    @Argument(help: "File; - reads standard input.", completion: .file()) private var file: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let name = VaultPath.trimmed(name)
        let isInput = file.utf8.elementsEqual("-".utf8)
        let text =
            isInput
            ? try LocalFile.text(try session.surroundings.console.readInput(), named: "standard input")
            : try Self.text(of: file)
        let response = try await session.send(
            VaultRequest(.put, "sys/policies/acl/\(name)", json: ["policy": .string(text)]),
            or: "Error uploading policy")
        if !response.body.isEmpty { session.warn(try session.secret(response).warnings) }
        session.confirm("Success! Uploaded policy: \(name)")
    }

    /// A policy that is not there is status 2, wherever it should be.
    private static func text(of file: String) throws(Failure) -> String {
        do {
            return try LocalFile.text(of: file)
        } catch {
            throw .server(error.message)
        }
    }
}

/// `policy delete`: a policy.
struct PolicyDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a policy.",
        discussion: """
            Tokens that carry it lose what it allowed, at once.

              $ vaultcli policy delete app
            """)

    @Argument(help: "Policy.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let name = VaultPath.trimmed(name)
        _ = try await session.send(VaultRequest(.delete, "sys/policies/acl/\(name)"), or: "Error deleting \(name)")
        session.confirm("Success! Deleted policy: \(name)")
    }
}
