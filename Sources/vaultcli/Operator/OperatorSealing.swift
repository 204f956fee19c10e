internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `operator unseal`: one key share.
struct OperatorUnseal: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "unseal",
        abstract: "Give the server one key share.",
        discussion: """
            The server opens when it has as many different shares as its threshold says. Without an argument the \
            share is asked for and not shown. A share on the command line stays in the shell's history.

              $ vaultcli operator unseal
              $ vaultcli operator unseal - < share.txt
              $ vaultcli operator unseal @/run/credentials/share
            """)

    @Flag(name: .flag("reset"), help: "Forget the shares given so far.") private var reset = false
    @Flag(name: .flag("migrate"), help: "Give the share for a change of the kind of seal.") private var migrate = false
    @Argument(help: "Key share; - reads standard input, @file a file.") private var key: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var body = JSONObject()
        if reset {
            body["reset"] = true
        } else {
            body["key"] = .string(try SecretInput.value(key, prompt: "Unseal Key (will be hidden): ", session))
            if migrate { body["migrate"] = true }
        }
        let response = try await session.send(
            VaultRequest(.put, "sys/unseal", json: .object(body)), or: "Error unsealing")
        try await session.show(seal: try session.data(response))
    }
}

/// `operator seal`: the server, closed.
struct OperatorSeal: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Seal the server.",
        discussion: """
            The server forgets its keys at once and answers nothing until it is unsealed.

              $ vaultcli operator seal
            """)

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        _ = try await session.send(VaultRequest(.put, "sys/seal"), or: "Error sealing")
        session.confirm("Success! Vault is sealed.")
    }
}

/// `operator step-down`: another node as leader.
struct OperatorStepDown: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "step-down",
        abstract: "Let another node lead.",
        discussion: """
            The node steps down; it may lead again when no other takes over.

              $ vaultcli operator step-down
            """)

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        _ = try await session.send(VaultRequest(.put, "sys/step-down"), or: "Error stepping down")
        session.confirm("Success! Stepped down: \(session.settings.configuration.address)")
    }
}

/// `operator members`: the nodes.
struct OperatorMembers: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: "List the nodes of the cluster.",
        discussion: """
              $ vaultcli operator members
            """)

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    private static let columns = [
        ("Host Name", "hostname"), ("API Address", "api_address"), ("Cluster Address", "cluster_address"),
        ("Active Node", "active_node"), ("Version", "version"), ("Upgrade Version", "upgrade_version"),
        ("Last Echo", "last_echo"),
    ]

    func run(in session: Session) async throws(Failure) {
        let response = try await session.send(VaultRequest(.get, "sys/ha-status"), or: "Error reading HA status")
        let nodes = try session.data(response)["nodes"] ?? []
        try session.show(["Nodes": nodes]) {
            let rows = (nodes.arrayValue ?? []).map { node in
                Self.columns.map { column in
                    guard let value = node[column.1], value.stringValue != "" else { return "n/a" }
                    if case .null = value { return "n/a" }
                    return CellText.cell(value)
                }
            }
            return Table.columns([Self.columns.map(\.0)] + rows)
        }
    }
}
