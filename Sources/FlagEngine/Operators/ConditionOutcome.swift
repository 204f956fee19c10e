/// What came of a condition.
package enum ConditionOutcome: String, Sendable {
    /// It holds, negation counted in.
    case holds
    /// It does not hold.
    case fails
    /// The attribute is not in the context, so neither the condition nor its negation holds.
    case missing
    /// The attribute is of a type or form that the operator cannot use, so neither holds.
    case unusable

    /// The outcome of a test that could be made.
    static func of(_ isTrue: Bool, negated: Bool) -> ConditionOutcome { isTrue != negated ? .holds : .fails }
}
