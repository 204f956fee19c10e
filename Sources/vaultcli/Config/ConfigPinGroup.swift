internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config pin`: services that stay at a revision.
struct ConfigPinGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "pin",
        abstract: "Keep a service at a snapshot or revision.",
        discussion: """
            While it is pinned, a service is served what was then, whatever is written meanwhile. A service has one pin; \
            with -env it is for that environment alone.

              $ vaultcli config pin set checkout -snapshot=before-sale -env=prod
              $ vaultcli config pin delete checkout
            """,
        subcommands: [ConfigPinSet.self, ConfigPinGet.self, ConfigPinList.self, ConfigPinDelete.self])
}

/// `config pin set`: a service, pinned.
struct ConfigPinSet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Pin a service to a snapshot or revision.",
        discussion: """
              $ vaultcli config pin set checkout -snapshot=before-sale -env=prod
              $ vaultcli config pin set checkout -revision=41
            """)

    @Option(name: .flag("snapshot"), help: "The snapshot it is served.") private var snapshot: String?
    @Option(name: .flag("revision"), help: "The revision it is served.") private var revision: Int?
    @Option(name: .flag("env"), help: "Only in this environment.") private var env: String?
    @Option(name: .flag("reason"), help: "Why; kept with it.") private var reason: String?
    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Service.") private var service: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard (snapshot == nil) != (revision == nil) else { throw .usage("Say one of -snapshot and -revision") }
        var body = JSONObject()
        if let snapshot { body["snapshot"] = .string(snapshot) }
        if let revision { body["revision"] = .integer(revision) }
        if let env { body["env"] = .string(env) }
        if let reason { body["reason"] = .string(reason) }
        let request = VaultRequest(.post, try mount.path("pins", service), json: .object(body))
        let response = try await session.send(request, or: "Error pinning \(service)")
        let target = snapshot.map { "snapshot \($0)" } ?? "revision \(revision ?? 0)"
        try session.show(response) { _ in
            CellText.printable("Success! \(service) is pinned to \(target)" + (env.map { " in \($0)" } ?? ""))
        }
    }
}

/// `config pin get`: where a service is pinned.
struct ConfigPinGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show where a service is pinned.",
        discussion: """
              $ vaultcli config pin get checkout
            """)

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Service.") private var service: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.showRecord(try mount.path("pins", service), none: "\(service) is not pinned")
    }
}

/// `config pin list`: the services that are pinned.
struct ConfigPinList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the services that are pinned.",
        discussion: """
              $ vaultcli config pin list
            """)

    @OptionGroup private var mount: ConfigMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.show(
            listing: try mount.path("pins"), none: "No service is pinned",
            heading: ["Service", "Environment", "Snapshot", "Revision"]
        ) { name, pin in
            [name] + ["env", "snapshot", "revision"].map { CellText.field(pin[$0] ?? "") }
        }
    }
}

/// `config pin delete`: a service that follows again.
struct ConfigPinDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Let a service follow what is written again.",
        discussion: """
              $ vaultcli config pin delete checkout
            """,
        aliases: ["rm"])

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Service.") private var service: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try mount.path("pins", service))
        let response = try await session.send(request, or: "Error unpinning \(service)")
        try session.show(response) { _ in "Success! \(service) follows again" }
    }
}
