internal import Notation

/// Makes one effective rule of all blocks with the same pattern, over several policies.
struct RuleMerging {
    private struct Draft {
        var capabilities: Capabilities
        var conditions: RuleConditions
        var sources: [EffectiveRule.Source]
    }

    private var order: [PathPattern] = []
    private var drafts: [PathPattern: Draft] = [:]
    /// The earliest end of a rule that counts now; `nil` when none ends.
    private(set) var earliestExpiration: Timestamp?

    /// Adds a policy's rules, leaving out those that have ended and those whose templates do not resolve.
    mutating func add(_ policy: Policy, identity: TemplateContext?, now: Timestamp) {
        for rule in policy.rules {
            if let expiration = rule.expiration {
                guard now < expiration else { continue }
                earliestExpiration = earliestExpiration.map { min($0, expiration) } ?? expiration
            }
            guard let text = rule.template.resolved(for: identity, options: policy.templateOptions),
                let pattern = PathPattern(text)
            else { continue }
            add(rule, of: policy.name, as: pattern)
        }
    }

    /// The rules, each pattern once, in the order the patterns first came.
    func rules() -> [EffectiveRule] {
        order.compactMap { pattern in
            drafts[pattern].map {
                EffectiveRule(
                    pattern: pattern, capabilities: $0.capabilities, conditions: $0.conditions, sources: $0.sources)
            }
        }
    }

    private mutating func add(_ rule: PathRule, of policy: String, as pattern: PathPattern) {
        let source = EffectiveRule.Source(policy: policy, capabilities: rule.capabilities, line: rule.line)
        guard var draft = drafts[pattern] else {
            order.append(pattern)
            drafts[pattern] = Draft(
                capabilities: rule.capabilities, conditions: rule.conditions, sources: [source])
            return
        }
        // A denial is final: what comes later adds nothing.
        guard draft.capabilities != .deny else { return }
        draft.sources.append(source)
        if rule.capabilities == .deny {
            draft.capabilities = .deny
            draft.conditions = RuleConditions()
        } else {
            draft.capabilities.formUnion(rule.capabilities)
            draft.conditions.merge(rule.conditions)
        }
        drafts[pattern] = draft
    }
}
