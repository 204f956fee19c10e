internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `changeset`: changes that belong together.
struct ChangeSetGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "changeset",
        abstract: "Propose changes that belong together, have them approved, and apply them at once.",
        discussion: """
            A change set holds changes of secrets, configuration, flags, segments and policies. It is applied as a \
            whole or not at all, when as many people have approved it as the rules for its paths ask for; its author \
            never counts, and an edit takes all approvals back.

              $ vaultcli changeset propose -m "sale" config:env/prod/cart.limit=50 state:prod/sale=@sale.json
              $ vaultcli changeset preview ID
              $ vaultcli changeset approve ID
              $ vaultcli changeset apply ID
              $ vaultcli changeset rollback ID -reason="incident 7"
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Change sets",
                subcommands: [
                    ChangeSetPropose.self, ChangeSetGet.self, ChangeSetList.self, ChangeSetPreview.self,
                    ChangeSetEdit.self, ChangeSetDelete.self,
                ]),
            CommandGroup(
                name: "Decisions",
                subcommands: [
                    ChangeSetApprove.self, ChangeSetReject.self, ChangeSetSchedule.self, ChangeSetApply.self,
                    ChangeSetRollback.self,
                ]),
            CommandGroup(name: "Rules", subcommands: [ChangeSetRuleGroup.self]),
        ])
}

/// Where change sets are.
enum ChangeSetPath {
    /// A path of change sets.
    ///
    /// - Parameter names: an identifier and what is done with it.
    /// - Returns: the path below `/v1/`.
    /// - Throws: ``Failure`` with status 1 for a name that cannot be one, which might lead somewhere else.
    static func sets(_ names: String...) throws(Failure) -> String {
        try path("changesets", names)
    }

    /// A path of rules.
    ///
    /// - Parameter names: the rule's name.
    /// - Returns: the path below `/v1/`.
    /// - Throws: ``Failure`` with status 1 for a name that cannot be one.
    static func rules(_ names: String...) throws(Failure) -> String {
        try path("approval-rules", names)
    }

    private static func path(_ part: String, _ names: [String]) throws(Failure) -> String {
        for name in names where !FlagNames.isValid(name) {
            throw .usage("Identifiers and names are 1 to 128 of the characters A-Z a-z 0-9 . _ : -")
        }
        return (["pulse", part] + names).joined(separator: "/")
    }
}

/// `changeset propose`: a change set that was not there.
struct ChangeSetPropose: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Propose a change set, and show what it would change.",
        discussion: """
            Nothing is changed yet. Items are words KIND:PATH=VALUE, or come from a file of JSON: a list of objects \
            {"kind","path","op","body","cas"}, or an object with such a list as items. Kinds are secret, config, key, \
            flag, state, segment and policy. What items hold of secrets stays out of everything that is shown.

              $ vaultcli changeset propose -m "sale" config:env/prod/cart.limit=50 policy:shop=@shop.hcl
              $ vaultcli changeset propose -m "new password" secret:secret/app=@app.json
              $ vaultcli changeset propose -m "clean up" -delete=config:global/old.key -f items.json
            """)

    @Option(name: .flag("message", alias: "m"), help: "What it is for.") private var message: String?
    @OptionGroup private var content: ChangeSetContent
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var body = try content.body(session.surroundings.console)
        if let message { body["message"] = .string(message) }
        guard body["items"] != nil else { throw .usage("Say what is to change: items, or -file=items.json") }
        guard body["message"] != nil else { throw .usage("Say what it is for: -message=TEXT") }
        let request = VaultRequest(.post, try ChangeSetPath.sets(), json: .object(body))
        let response = try await session.send(request, or: "Error proposing the change set")
        try session.show(response, table: ChangeSetText.text)
    }
}

/// `changeset get`: one with all that is known of it.
struct ChangeSetGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show a change set.",
        discussion: """
              $ vaultcli changeset get ID
              $ vaultcli changeset get ID -field=state
            """)

    @Argument(help: "Identifier.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try ChangeSetPath.sets(id)
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("There is no change set \(id)")
        }
        try session.show(response, table: ChangeSetText.text)
    }
}

/// `changeset preview`: what one would change now.
struct ChangeSetPreview: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show what a change set would change now, and what is in its way.",
        discussion: """
            The exit status is 2 when there are problems, such as a value that its schema does not allow or a version \
            that is not the current one any more.

              $ vaultcli changeset preview ID
            """)

    @Argument(help: "Identifier.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try ChangeSetPath.sets(id)
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("There is no change set \(id)")
        }
        try session.show(response, table: ChangeSetText.text)
        if ChangeSetText.hasProblems(try session.secret(response).data) { throw .server("") }
    }
}

/// `changeset list`: all of them.
struct ChangeSetList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the change sets.",
        discussion: """
              $ vaultcli changeset list
            """)

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.show(
            listing: try ChangeSetPath.sets(), none: "There are no change sets",
            heading: ["Change set", "State", "Author", "Message"]
        ) { id, set in
            [id, CellText.field(set["state"] ?? ""), CellText.field(set["author"] ?? set["created_by"] ?? "")]
                + [CellText.field(set["message"] ?? "")]
        }
    }
}

/// `changeset edit`: other items, or another message.
struct ChangeSetEdit: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Change what a change set would change; approvals are taken back.",
        discussion: """
            Items given take the place of all items. What is not given stays.

              $ vaultcli changeset edit ID config:env/prod/cart.limit=60
              $ vaultcli changeset edit ID -m "sale in spring"
            """)

    @Option(name: .flag("message", alias: "m"), help: "What it is for.") private var message: String?
    @Argument(help: "Identifier.") private var id: String
    @OptionGroup private var content: ChangeSetContent
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var body = try content.body(session.surroundings.console)
        if let message { body["message"] = .string(message) }
        guard !body.members.isEmpty else { throw .usage("There is nothing to change: give items or -message") }
        let request = VaultRequest(.patch, try ChangeSetPath.sets(id), json: .object(body))
        let response = try await session.send(request, or: "Error editing change set \(id)")
        try session.show(response, table: ChangeSetText.text)
    }
}

/// `changeset delete`: one that was not applied, forgotten.
struct ChangeSetDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Withdraw a change set that was not applied.",
        discussion: """
              $ vaultcli changeset delete ID
            """,
        aliases: ["rm"])

    @Argument(help: "Identifier.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try ChangeSetPath.sets(id))
        let response = try await session.send(request, or: "Error deleting change set \(id)")
        try session.show(response) { _ in "Success! Deleted change set \(id)" }
    }
}
