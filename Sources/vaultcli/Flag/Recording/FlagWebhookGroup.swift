internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag webhook`: who is sent exposures.
struct FlagWebhookGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "Have exposures sent to other systems.",
        discussion: """
            The server sends each new exposure to every webhook that wants it, signed, at least once and in order. \
            Webhooks ask for sudo.

              $ vaultcli flag webhook set warehouse -url=https://hooks.example.com/exposures -env=prod
              $ vaultcli flag webhook test warehouse
              $ vaultcli flag webhook get warehouse
            """,
        subcommands: [
            FlagWebhookSet.self, FlagWebhookGet.self, FlagWebhookList.self, FlagWebhookTest.self,
            FlagWebhookDelete.self,
        ])
}

/// `flag webhook set`: makes or changes one.
struct FlagWebhookSet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Make a webhook, or change what is given of one.",
        discussion: """
            The secret with which messages are signed is made by the server and shown once, by this command.

              $ vaultcli flag webhook set warehouse -url=https://hooks.example.com/exposures
              $ vaultcli flag webhook set warehouse -env=prod -flag=shop -flag=theme
              $ vaultcli flag webhook set warehouse -disable
              $ vaultcli flag webhook set warehouse -rotate-secret
            """)

    @Option(name: .flag("url"), help: "Where messages are sent to.") private var url: String?
    @Option(name: .flag("env"), parsing: .singleValue, help: "Only of this environment. Can be given again.")
    private var environments: [String] = []
    @Option(name: .flag("flag"), parsing: .singleValue, help: "Only of this flag. Can be given again.")
    private var flags: [String] = []
    @Option(name: .flag("description"), help: "What it is for.") private var description: String?
    @Flag(name: .flag("enable"), help: "Send messages.") private var enables = false
    @Flag(name: .flag("disable"), help: "Send none.") private var disables = false
    @Flag(name: .flag("rotate-secret"), help: "Sign with a new secret.") private var rotates = false
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Webhook.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard !enables || !disables else { throw .usage("A webhook cannot be both -enable and -disable") }
        var body = JSONObject()
        if let url { body["url"] = .string(url) }
        if !environments.isEmpty { body["environments"] = .array(environments.map { .string($0) }) }
        if !flags.isEmpty { body["flags"] = .array(flags.map { .string($0) }) }
        if let description { body["description"] = .string(description) }
        if enables || disables { body["enabled"] = .bool(enables) }
        if rotates { body["rotate_secret"] = true }
        let request = VaultRequest(.post, try mount.path("webhooks", name), json: .object(body))
        let response = try await session.send(request, or: "Error writing webhook \(name)")
        try session.show(response) { webhook in
            let isOn = webhook["enabled"]?.boolValue ?? true
            let url = CellText.field(webhook["url"] ?? "")
            var lines = ["Success! Webhook \(name) " + (isOn ? "sends to \(url)" : "is switched off")]
            if let secret = webhook["secret"]?.stringValue {
                lines += ["Secret: \(CellText.printable(secret))", "It is not shown again."]
            }
            return lines.joined(separator: "\n")
        }
    }
}

/// `flag webhook get`: one with how sending goes.
struct FlagWebhookGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show a webhook and how sending goes.",
        discussion: """
              $ vaultcli flag webhook get warehouse
            """)

    @OptionGroup private var mount: FlagMount
    @Argument(help: "Webhook.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("webhooks", name)
        let response = try await session.send(VaultRequest(.get, path), or: "Error reading \(path)")
        try session.show(response) { webhook in
            let names = [
                "name", "url", "enabled", "environments", "flags", "description", "pending", "failures", "last_error",
                "last_success", "next_attempt", "given_up",
            ]
            return Table.columns([["Key", "Value"]] + names.map { [$0, FlagStageText.fact(webhook[$0])] })
        }
    }
}

/// `flag webhook list`: all of them.
struct FlagWebhookList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the webhooks.",
        discussion: """
              $ vaultcli flag webhook list
            """)

    @OptionGroup private var mount: FlagMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.show(
            listing: try mount.path("webhooks"), none: "There are no webhooks",
            heading: ["Webhook", "URL", "Enabled", "Pending", "Last error"]
        ) { name, webhook in
            [name] + ["url", "enabled", "pending", "last_error"].map { FlagStageText.fact(webhook[$0]) }
        }
    }
}

/// `flag webhook test`: a message that only says that it is one.
struct FlagWebhookTest: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a test message, and what waits before it, now.",
        discussion: """
            Whether it arrived is seen by "flag webhook get".

              $ vaultcli flag webhook test warehouse
            """)

    @OptionGroup private var mount: FlagMount
    @Argument(help: "Webhook.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("webhooks", name, "test")
        let response = try await session.send(VaultRequest(.post, path), or: "Error writing \(path)")
        try session.show(response) { queue in
            CellText.printable("Success! \(CellText.field(queue["pending"] ?? "")) to be sent to \(name)")
        }
    }
}

/// `flag webhook delete`: nothing is sent any more.
struct FlagWebhookDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a webhook with what waits to be sent.",
        discussion: """
              $ vaultcli flag webhook delete warehouse
            """)

    @OptionGroup private var mount: FlagMount
    @Argument(help: "Webhook.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("webhooks", name)
        let response = try await session.send(VaultRequest(.delete, path), or: "Error deleting \(path)")
        try session.show(response) { _ in CellText.printable("Success! Deleted webhook \(name)") }
    }
}
