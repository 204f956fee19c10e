internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag rule`: who gets what, decided by attributes.
struct FlagRuleGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "rule",
        abstract: "Say who gets what by attributes.",
        discussion: """
            Rules are tried in their order, and the first whose conditions all hold decides.

              $ vaultcli flag rule add shop -env=staging -if='is_beta_user=true' -serve=on
              $ vaultcli flag rule list shop -env=staging
            """,
        subcommands: [FlagRuleAdd.self, FlagRuleList.self, FlagRuleRemove.self, FlagRuleMove.self])
}

/// `flag rule add`: a rule more.
struct FlagRuleAdd: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a rule.",
        discussion: """
            All conditions must hold. Values are JSON where they look like it (3, true), else texts; 'plan="3"' \
            compares with the text 3. With -percent the rule gives the variation to a share of those it holds for, and \
            the off variation to the others. A rule without conditions holds for everyone.

              $ vaultcli flag rule add shop -env=qa -if='country in US,CA' -serve=on
              $ vaultcli flag rule add shop -env=qa -if=segment:beta -percent=9 -variation=b
            """)

    @Option(name: .flag("if"), help: ArgumentHelp(FlagCondition.help)) private var conditions: [String] = []
    @Option(name: .flag("serve"), help: "The variation that all of them get.") private var serve: String?
    @Option(name: .flag("percent"), help: "The share that gets the variation, with -variation.")
    private var percent: Percent?
    @Option(name: .flag("variation"), help: "The variation that the share gets.") private var variation: String?
    @Option(name: .flag("id"), help: "Name of the rule; without it one that is free, such as r3.")
    private var id: String?
    @Option(name: .flag("description"), help: "What the rule is for.") private var about: String?
    @Flag(name: .flag("first"), help: "Before all other rules.") private var isFirst = false
    @Flag(name: .flag("last"), help: "Behind all other rules; so it is without a word too.") private var isLast = false
    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard !isFirst || !isLast else { throw .usage("A rule cannot be both -first and -last") }
        let (conditions, serve) = (try FlagCondition.parse(conditions), try served())
        let change = try await FlagStateChange(key, place, session)
        var rules = change.elements("rules")
        let id = id ?? FlagRules.freeID(in: rules)
        guard FlagRules.index(of: id, in: rules) == nil else { throw .usage("There is a rule named \(id) already") }
        var rule: JSONObject = ["id": .string(id), "if": .array(conditions), "serve": serve]
        if let about { rule["description"] = .string(about) }
        rules.insert(.object(rule), at: isFirst ? 0 : rules.count)
        try await change.write(
            ["rules": .array(rules)], line: "Added rule \(id) to \(key) in \(change.environment)", session)
    }

    private func served() throws(Failure) -> JSON {
        switch (serve, percent, variation) {
        case (let name?, nil, nil): return ["variation": .string(name)]
        case (nil, let share?, let name?): return ["percent": .number(share.number), "variation": .string(name)]
        default: throw .usage("Say what the rule gives: -serve=VARIATION, or -percent=SHARE with -variation=VARIATION")
        }
    }
}

/// `flag rule list`: the rules in their order.
struct FlagRuleList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the rules in the order in which they are tried.",
        discussion: """
              $ vaultcli flag rule list shop -env=prod
            """)

    @OptionGroup private var place: FlagReadingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = place.environment(session)
        let path = try place.mount.path("states", environment, key)
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("Flag \(key) has no state in \(environment)")
        }
        let secret = try session.secret(response)
        if secret.wrapInfo != nil { return try session.show(secret) }
        let rules = secret.data["rules"]?.arrayValue ?? []
        try session.show(.array(rules)) {
            rules.isEmpty ? "Flag \(key) has no rules in \(environment)" : FlagStateTable.table(rules: rules)
        }
    }
}
