/// The one rule that several policies' blocks for the same pattern come to.
package final class EffectiveRule: Sendable {
    /// The pattern, templates resolved.
    package let pattern: PathPattern
    /// What the rule grants, or `deny` alone.
    package let capabilities: Capabilities
    /// Further conditions.
    package let conditions: RuleConditions
    /// Each policy that has the pattern, with what it grants; after a `deny`, those up to it.
    package let sources: [Source]

    /// A policy's part in a rule.
    package struct Source: Sendable {
        /// The policy's name.
        package let policy: String
        /// What this policy's block grants.
        package let capabilities: Capabilities
        /// The line of the block in the policy's text.
        package let line: Int
    }

    init(pattern: PathPattern, capabilities: Capabilities, conditions: RuleConditions, sources: [Source]) {
        self.pattern = pattern
        self.capabilities = capabilities
        self.conditions = conditions
        self.sources = sources
    }

    /// The names of the policies that grant a capability on this pattern, in the token's order.
    package func policies(granting capability: Capabilities) -> [String] {
        sources.filter { $0.capabilities.isSuperset(of: capability) }.map(\.policy)
    }

    /// Whether the rule says `deny`.
    package var isDeny: Bool { capabilities.contains(.deny) }
}
