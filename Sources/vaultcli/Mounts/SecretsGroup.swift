internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `secrets`: the engines.
struct SecretsGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "secrets",
        abstract: "Enable, tune and move secrets engines.",
        discussion: """
              $ vaultcli secrets enable -path=secret -version=2 kv
              $ vaultcli secrets list
            """,
        subcommands: [SecretsEnable.self, SecretsDisable.self, SecretsList.self, SecretsTune.self, SecretsMove.self])
}

/// `secrets enable`: an engine.
struct SecretsEnable: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Enable a secrets engine.",
        discussion: """
              $ vaultcli secrets enable -version=2 kv
              $ vaultcli secrets enable -path=encryption -description="for invoices" transit
            """)

    @OptionGroup private var creation: MountCreationOptions
    @OptionGroup private var options: MountOptions
    @Flag(name: .flag("force-no-cache"), help: "Keep the engine's data out of caches.") private var forceNoCache = false
    @Argument(help: "Type of the engine.") private var type: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let type = VaultPath.withoutSpace(type)
        let mount = creation.mount(of: type)
        var body = try options.enabling(type: type)
        if forceNoCache {
            var config = body["config"]?.objectValue ?? JSONObject()
            config["force_no_cache"] = true
            body["config"] = .object(config)
        }
        let response = try await session.send(
            VaultRequest(.post, "sys/mounts/" + VaultPath.trimmed(mount), json: creation.adding(to: body)),
            or: "Error enabling")
        if !response.body.isEmpty { session.warn(try session.secret(response).warnings) }
        session.confirm("Success! Enabled the \(type) secrets engine at: \(mount)")
    }
}

/// `secrets disable`: an engine, with all its data.
struct SecretsDisable: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Disable a secrets engine and remove all its data.",
        discussion: """
            It cannot be undone.

              $ vaultcli secrets disable encryption
            """)

    @Argument(help: "Mount.") private var path: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let mount = VaultPath.mount(path)
        _ = try await session.send(
            VaultRequest(.delete, "sys/mounts/" + VaultPath.trimmed(path)),
            or: "Error disabling secrets engine at \(mount)")
        session.confirm("Success! Disabled the secrets engine (if it existed) at: \(mount)")
    }
}

/// `secrets list`: the engines.
struct SecretsList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List secrets engines.",
        discussion: """
            A time `system` means that the server's own applies.

              $ vaultcli secrets list -detailed
            """)

    @Flag(name: .flag("detailed"), help: "Show all properties.") private var detailed = false
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let response = try await session.send(VaultRequest(.get, "sys/mounts"), or: "Error listing secrets engines")
        let mounts = try session.secret(response).data
        let isDetailed = try session.surroundings.environment.isOn("DETAILED") ? true : detailed
        try session.show(mounts) {
            MountTable.text(mounts.objectValue ?? JSONObject(), .secrets, detailed: isDetailed)
        }
    }
}

/// `secrets tune`: an engine's settings.
struct SecretsTune: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune", abstract: "Change a secrets engine's settings.",
        discussion: """
            Only what is named changes.

              $ vaultcli secrets tune -max-lease-ttl=24h database
            """)

    @OptionGroup private var options: MountOptions
    @Argument(help: "Mount.") private var path: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let mount = VaultPath.mount(path)
        let response = try await session.send(
            VaultRequest(.post, "sys/mounts/\(mount)tune", json: .object(try options.tuning())),
            or: "Error tuning secrets engine \(mount)")
        if !response.body.isEmpty { session.warn(try session.secret(response).warnings) }
        session.confirm("Success! Tuned the secrets engine at: \(mount)")
    }
}
