internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `changeset rule`: who must agree to changes of which paths.
struct ChangeSetRuleGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "rule",
        abstract: "Say who must agree to changes of which paths.",
        discussion: """
              $ vaultcli changeset rule set prod -path='config/data/env/prod/*' -approvals=2 -role=operator
              $ vaultcli changeset rule list
            """,
        subcommands: [
            ChangeSetRuleSet.self, ChangeSetRuleGet.self, ChangeSetRuleList.self, ChangeSetRuleDelete.self,
        ])
}

/// `changeset rule set`: makes or replaces one.
struct ChangeSetRuleSet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Write a rule.",
        discussion: """
              $ vaultcli changeset rule set prod -path='config/data/env/prod/*' -path='secret/data/prod/*' \\
                    -approvals=2 -role=operator
            """)

    @Option(name: .flag("path"), help: "Paths that begin like this, or a path; may be repeated.")
    private var paths: [String]
    @Option(name: .flag("approvals"), help: "So many people must agree.") private var approvals: Int
    @Option(name: .flag("role"), help: "Only people with this policy count; may be repeated.")
    private var roles: [String] = []
    @Argument(help: "Rule.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard approvals >= 0 else { throw .usage("-approvals must be a number of people") }
        var body: JSONObject = ["paths": .strings(paths), "approvals": .integer(approvals)]
        if !roles.isEmpty { body["roles"] = .strings(roles) }
        let request = VaultRequest(.post, try ChangeSetPath.rules(name), json: .object(body))
        let response = try await session.send(request, or: "Error writing rule \(name)")
        try session.show(response) { _ in "Success! Wrote rule: \(name)" }
    }
}

/// `changeset rule get`: one of them.
struct ChangeSetRuleGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show a rule.",
        discussion: """
              $ vaultcli changeset rule get prod
            """)

    @Argument(help: "Rule.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.showRecord(try ChangeSetPath.rules(name), none: "There is no rule \(name)")
    }
}

/// `changeset rule list`: all of them.
struct ChangeSetRuleList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the rules.",
        discussion: """
              $ vaultcli changeset rule list
            """)

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.show(
            listing: try ChangeSetPath.rules(), none: "There are no rules: change sets need no approval",
            heading: ["Rule", "Approvals", "Roles", "Paths"]
        ) { name, rule in
            let roles = rule["roles"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let paths = rule["paths"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return [name, CellText.field(rule["approvals"] ?? "")]
                + [roles.joined(separator: ","), paths.joined(separator: ",")]
        }
    }
}

/// `changeset rule delete`: one less.
struct ChangeSetRuleDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a rule.",
        discussion: """
              $ vaultcli changeset rule delete prod
            """,
        aliases: ["rm"])

    @Argument(help: "Rule.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try ChangeSetPath.rules(name))
        let response = try await session.send(request, or: "Error deleting rule \(name)")
        try session.show(response) { _ in "Success! Deleted rule: \(name)" }
    }
}
