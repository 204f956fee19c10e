internal import ArgumentParser
internal import Notation

/// `flag rule remove`: rules less.
struct FlagRuleRemove: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove rules.",
        discussion: """
              $ vaultcli flag rule remove shop r2 -env=staging
            """,
        aliases: ["rm"])

    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @Argument(help: "Rules, by their names.") private var rules: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let change = try await FlagStateChange(key, place, session)
        var left = change.elements("rules")
        for name in rules { left.remove(at: try FlagRules.existing(name, in: left)) }
        let list = rules.joined(separator: ", ")
        try await change.write(
            ["rules": .array(left)], line: "Removed \(list) from \(key) in \(change.environment)", session)
    }
}

/// `flag rule move`: a rule in another place.
struct FlagRuleMove: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Try a rule earlier or later.",
        discussion: """
            The order counts: the first rule that holds decides.

              $ vaultcli flag rule move shop staff -env=prod -first
              $ vaultcli flag rule move shop staff -env=prod -after=r2
            """,
        aliases: ["mv"])

    @Flag(name: .flag("first"), help: "Before all other rules.") private var isFirst = false
    @Flag(name: .flag("last"), help: "Behind all other rules.") private var isLast = false
    @Option(name: .flag("before"), help: "Before this rule.") private var before: String?
    @Option(name: .flag("after"), help: "Behind this rule.") private var after: String?
    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @Argument(help: "Rule, by its name.") private var rule: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let change = try await FlagStateChange(key, place, session)
        var rules = change.elements("rules")
        let moved = rules.remove(at: try FlagRules.existing(rule, in: rules))
        rules.insert(moved, at: try target(in: rules))
        try await change.write(
            ["rules": .array(rules)], line: "Moved rule \(rule) of \(key) in \(change.environment)", session)
    }

    private func target(in rules: [JSON]) throws(Failure) -> Int {
        switch (isFirst, isLast, before, after) {
        case (true, false, nil, nil): return 0
        case (false, true, nil, nil): return rules.count
        case (false, false, let name?, nil): return try FlagRules.existing(name, in: rules)
        case (false, false, nil, let name?): return try FlagRules.existing(name, in: rules) + 1
        default: throw .usage("Say where to: one of -first, -last, -before=RULE and -after=RULE")
        }
    }
}

/// Rules of a state by their names.
enum FlagRules {
    /// Where a rule stands.
    ///
    /// - Parameters:
    ///   - id: its name.
    ///   - rules: the rules.
    /// - Returns: its place, or `nil` when there is none.
    static func index(of id: String, in rules: [JSON]) -> Int? {
        rules.firstIndex { $0["id"]?.stringValue?.bytesEqual(to: id) ?? false }
    }

    /// Where a rule that must be there stands.
    ///
    /// - Parameters:
    ///   - id: its name.
    ///   - rules: the rules.
    /// - Returns: its place.
    /// - Throws: ``Failure`` with status 2 when there is none.
    static func existing(_ id: String, in rules: [JSON]) throws(Failure) -> Int {
        guard let index = index(of: id, in: rules) else { throw .server("There is no rule named \(id)") }
        return index
    }

    /// A name that no rule has: `r` and the lowest number from one above their count.
    ///
    /// - Parameter rules: the rules.
    /// - Returns: for example `r3` beside two rules.
    static func freeID(in rules: [JSON]) -> String {
        // Among count + 1 candidates one at least is free.
        let candidates = (1...(rules.count + 1)).map { "r\(rules.count + $0)" }
        return candidates.first { index(of: $0, in: rules) == nil } ?? "r\(rules.count * 2 + 1)"
    }
}
