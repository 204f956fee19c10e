import EngineKit
import Notation

/// How far a change set is from being approved: what each rule asks for that is about one of its paths.
struct ApprovalState {
    /// A rule and how many approvals count for it.
    private let rules: [(rule: ApprovalRule, count: Int)]

    /// Looks at a change set.
    ///
    /// - Parameters:
    ///   - rules: all rules.
    ///   - paths: the paths of the items.
    ///   - approvals: who agrees.
    init(_ rules: [ApprovalRule], _ paths: [[UInt8]], _ approvals: [ChangeSet.Approval]) {
        self.rules = rules.filter { rule in paths.contains { rule.concerns($0) } }
            .map { rule in (rule, approvals.filter { rule.counts($0) }.count) }
    }

    /// How many approvals are missing at least: by the rule that misses most.
    var missing: Int { rules.map { max(0, $0.rule.approvals - $0.count) }.max() ?? 0 }

    /// The rules as answers tell them.
    var json: JSON {
        .array(
            rules.map { rule, count in
                [
                    "name": .string(rule.name), "approvals": .integer(rule.approvals), "roles": .strings(rule.roles),
                    "given": .integer(count),
                ]
            })
    }
}
