import Notation

/// The operators of targeting rules: upper case here, lower case in `flags/`; `NOT_` in front of any turns it round.
package enum TargetingOperator {
    /// The words of this door, and what `flags/` calls the same.
    private static let words: [(own: String, engine: String)] = [
        ("EQUALS", "equals"), ("IN", "in"), ("CONTAINS", "contains"), ("STARTS_WITH", "starts_with"),
        ("ENDS_WITH", "ends_with"), ("LESS_THAN", "less"), ("LESS_THAN_OR_EQUAL", "less_or_equal"),
        ("GREATER_THAN", "greater"), ("GREATER_THAN_OR_EQUAL", "greater_or_equal"), ("BEFORE", "before"),
        ("AFTER", "after"), ("SEMVER_EQUALS", "semver_equals"), ("SEMVER_LESS_THAN", "semver_less"),
        ("SEMVER_LESS_THAN_OR_EQUAL", "semver_less_or_equal"), ("SEMVER_GREATER_THAN", "semver_greater"),
        ("SEMVER_GREATER_THAN_OR_EQUAL", "semver_greater_or_equal"), ("IN_CIDR", "cidr"), ("MATCHES", "matches"),
        ("EXISTS", "exists"),
    ]

    private static let negation = "NOT_"

    /// The words, for messages.
    static let rule = "must be one of " + words.map(\.own).joined(separator: ", ") + ", or one of them after NOT_"

    /// What `flags/` calls an operator, and whether it is turned round; `nil` when there is no such word.
    package static func engine(_ word: String) -> (name: String, isNegated: Bool)? {
        if let plain = words.first(where: { $0.own.bytesEqual(to: word) }) { return (plain.engine, false) }
        guard word.hasBytePrefix(negation) else { return nil }
        let rest = String(decoding: word.utf8.dropFirst(negation.utf8.count), as: UTF8.self)
        return words.first { $0.own.bytesEqual(to: rest) }.map { ($0.engine, true) }
    }

    /// The word for an operator of `flags/`.
    package static func word(_ name: String, isNegated: Bool) -> String {
        let own = words.first { $0.engine.bytesEqual(to: name) }?.own ?? name
        return isNegated ? negation + own : own
    }
}
