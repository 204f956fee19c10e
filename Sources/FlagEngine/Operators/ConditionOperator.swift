import Notation

/// How an attribute is compared with the values of a condition.
///
/// Texts are compared by their UTF-8 bytes. On an array an operator holds when it holds for one element. With several
/// values it holds when it does for one of them.
package enum ConditionOperator: String, CaseIterable, Sendable {
    /// The same text, number (`1` and `1.0` are the same) or boolean; one value.
    case equals
    /// The same as one of the values.
    case `in`
    /// The text contains a value.
    case contains
    /// The text starts with a value.
    case startsWith = "starts_with"
    /// The text ends with a value.
    case endsWith = "ends_with"
    /// The number is less than the value; exact at any length, as are the next three.
    case less
    case lessOrEqual = "less_or_equal"
    case greater
    case greaterOrEqual = "greater_or_equal"
    /// The instant, in RFC 3339 form or seconds since 1970, is before the value.
    case before
    /// The instant is after the value.
    case after
    /// The version has the precedence of a value (Semantic Versioning 2.0.0, section 11).
    case semverEquals = "semver_equals"
    case semverLess = "semver_less"
    case semverLessOrEqual = "semver_less_or_equal"
    case semverGreater = "semver_greater"
    case semverGreaterOrEqual = "semver_greater_or_equal"
    /// The IPv4 or IPv6 address is in a value's range.
    case cidr
    /// A regular expression matches somewhere in the text; see ``RegularExpression``.
    case matches
    /// The attribute is there and not `null`; no values.
    case exists

    /// The operator of a name.
    ///
    /// Every operator is also known with `not_` before it, and the comparisons with `_than` after `less` and
    /// `greater`; `in_cidr` is `cidr` and `missing` is `not_exists`.
    ///
    /// - Returns: The operator and whether the name negates it; `nil` when there is no such name.
    package static func named(_ name: String) -> (operator: ConditionOperator, isNegated: Bool)? {
        if let plain = plain(name) { return (plain, false) }
        if name.bytesEqual(to: "missing") { return (.exists, true) }
        let prefix = "not_"
        guard name.hasBytePrefix(prefix) else { return nil }
        return plain(String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)).map { ($0, true) }
    }

    private static func plain(_ name: String) -> ConditionOperator? {
        if let exact = allCases.first(where: { $0.rawValue.bytesEqual(to: name) }) { return exact }
        return aliases.first { $0.name.bytesEqual(to: name) }?.operator
    }

    private static let aliases: [(name: String, operator: ConditionOperator)] = [
        ("less_than", .less), ("less_than_or_equal", .lessOrEqual),
        ("greater_than", .greater), ("greater_than_or_equal", .greaterOrEqual),
        ("semver_less_than", .semverLess), ("semver_less_than_or_equal", .semverLessOrEqual),
        ("semver_greater_than", .semverGreater), ("semver_greater_than_or_equal", .semverGreaterOrEqual),
        ("in_cidr", .cidr),
    ]
}
