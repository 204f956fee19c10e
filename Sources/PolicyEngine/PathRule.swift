package import Notation

/// One `path` block of a policy, as written: its pattern may still hold templates.
package struct PathRule: Sendable {
    /// The pattern.
    package let template: PathTemplate
    /// What the rule grants, or `deny` alone.
    package let capabilities: Capabilities
    /// Further conditions.
    package let conditions: RuleConditions
    /// The time from which on the rule no longer counts; `nil` when it never ends.
    package let expiration: Timestamp?
    /// What the author noted beside the rule.
    package let comment: String?
    /// The line of the block, counted from 1.
    package let line: Int
    /// The column of the block, counted from 1.
    package let column: Int
}

extension PathRule {
    /// The rule, which ends at a time at the latest.
    func ending(at time: Timestamp?) -> PathRule {
        guard let time else { return self }
        return PathRule(
            template: template, capabilities: capabilities, conditions: conditions,
            expiration: min(expiration ?? time, time), comment: comment, line: line, column: column)
    }
}

/// What a rule asks of a request beyond the capability.
package struct RuleConditions: Sendable {
    /// Which parameters a request may and must carry.
    package var parameters = ParameterRules()
    /// The shortest wrapping the rule accepts; `nil` when it does not ask for any.
    package var minimumWrapping: GoDuration?
    /// The longest wrapping the rule accepts; `nil` when there is no bound.
    package var maximumWrapping: GoDuration?
    /// The largest page of a listing; `nil` when there is no bound.
    package var paginationLimit: Int?
    /// Which keys of a listing the caller gets to see; `nil` for all.
    package var keyFilter: KeyFilterTemplate?
    /// The variations of feature flags that the caller is not served.
    package var deniedVariations: Set<[UInt8]> = []
    /// Whether the rule asks for multi-factor or control group approval. Such rules allow nothing here.
    package var needsApproval = false

    /// No conditions.
    package init() {}

    /// Adds the conditions of another policy's rule for the same pattern.
    mutating func merge(_ other: RuleConditions) {
        parameters.merge(other.parameters)
        minimumWrapping = Self.smaller(minimumWrapping, other.minimumWrapping)
        maximumWrapping = Self.smaller(maximumWrapping, other.maximumWrapping)
        paginationLimit = Self.smaller(paginationLimit, other.paginationLimit)
        keyFilter = keyFilter ?? other.keyFilter
        deniedVariations.formUnion(other.deniedVariations)
        needsApproval = needsApproval || other.needsApproval
    }

    /// Whether a wrapping, or its absence, lies within the bounds. Bounds that exclude each other admit nothing.
    func admitsWrapping(seconds: Int?) -> Bool {
        if minimumWrapping == nil, maximumWrapping == nil { return true }
        guard let seconds, seconds >= 0 else { return false }
        let wrapping = GoDuration(seconds: seconds) ?? .max
        if let minimumWrapping, wrapping < minimumWrapping { return false }
        if let maximumWrapping, wrapping > maximumWrapping { return false }
        return true
    }

    private static func smaller<Value: Comparable>(_ left: Value?, _ right: Value?) -> Value? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }
}
