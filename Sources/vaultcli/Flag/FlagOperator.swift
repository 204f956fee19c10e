internal import Notation

/// An operator of a condition, and how values behind it are read from a command line.
struct FlagOperator: Sendable {
    /// How the text behind an operator becomes values.
    enum Values: Sendable {
        /// There are none.
        case none
        /// One JSON scalar, or a text when it is none.
        case scalar
        /// JSON scalars or texts separated by commas, or a JSON array.
        case scalars
        /// One text, whatever it looks like; a JSON string loses its quotes.
        case text
        /// Texts separated by commas, or a JSON array of them.
        case texts
        /// One number.
        case number
    }

    /// The API's word.
    let name: String
    /// How values are read.
    let values: Values

    /// All operators of the API.
    static let all: [FlagOperator] = [
        FlagOperator(name: "equals", values: .scalar), FlagOperator(name: "in", values: .scalars),
        FlagOperator(name: "contains", values: .text), FlagOperator(name: "starts_with", values: .text),
        FlagOperator(name: "ends_with", values: .text), FlagOperator(name: "matches", values: .text),
        FlagOperator(name: "less", values: .number), FlagOperator(name: "less_or_equal", values: .number),
        FlagOperator(name: "greater", values: .number), FlagOperator(name: "greater_or_equal", values: .number),
        FlagOperator(name: "before", values: .scalar), FlagOperator(name: "after", values: .scalar),
        FlagOperator(name: "semver_equals", values: .texts), FlagOperator(name: "semver_less", values: .text),
        FlagOperator(name: "semver_less_or_equal", values: .text),
        FlagOperator(name: "semver_greater", values: .text),
        FlagOperator(name: "semver_greater_or_equal", values: .text), FlagOperator(name: "cidr", values: .texts),
        FlagOperator(name: "exists", values: .none),
    ]

    /// Signs for operators; a longer one stands before those it begins with.
    static let signs: [(sign: String, name: String, isNegated: Bool)] = [
        ("!=", "equals", true), ("==", "equals", false), ("=", "equals", false), (">=", "greater_or_equal", false),
        ("<=", "less_or_equal", false), (">", "greater", false), ("<", "less", false),
    ]

    /// The operator of the API's word.
    ///
    /// - Parameter name: for example `starts_with`.
    /// - Returns: the operator, or `nil` when there is none.
    static func named(_ name: String) -> FlagOperator? {
        all.first { $0.name.bytesEqual(to: name) }
    }

    /// The operator of a word that may negate it: `not_in`, and `missing` for `not_exists`.
    ///
    /// - Parameter word: the word.
    /// - Returns: the operator and whether it is negated, or `nil` when there is no such word.
    static func word(_ word: String) -> (operator: FlagOperator, isNegated: Bool)? {
        if let plain = named(word) { return (plain, false) }
        if word.bytesEqual(to: "missing") { return named("exists").map { ($0, true) } }
        let prefix = "not_"
        guard word.hasBytePrefix(prefix) else { return nil }
        return named(String(decoding: word.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)).map { ($0, true) }
    }
}
