internal import Notation

/// A pattern of paths: an exact path, a prefix that ends in `*`, or segments some of which are `+`.
///
/// Everything is compared as bytes. `*` is special only at the very end, `+` only as a whole segment. A pattern that
/// contains `/+` anywhere, begins with `+/`, or is `+`, counts as one with segment wildcards, as in Vault.
package struct PathPattern: Hashable, Sendable {
    /// How a pattern matches.
    package enum Kind: Hashable, Sendable {
        /// The path itself.
        case exact
        /// Any path that begins with the bytes.
        case prefix
        /// Segment by segment; the last one is a prefix when the pattern ended in `*`.
        case segments(endsInGlob: Bool)
    }

    /// How the pattern matches.
    package let kind: Kind
    /// The pattern without a leading `/` and without a special `*` at its end.
    package let bytes: [UInt8]
    /// Where the first wildcard stands: the length of a prefix, the first `+` of a pattern with segments.
    let firstWildcard: Int
    /// How many segments are `+`.
    let wildcardSegments: Int

    /// Reads a pattern.
    ///
    /// - Parameter text: the pattern as written, one leading `/` allowed.
    /// - Returns: `nil` when it contains `+*`, which is forbidden.
    package init?(_ text: [UInt8]) {
        var rest = text[...]
        if rest.first == Self.slash { rest.removeFirst() }
        guard !Self.contains(rest, Self.plus, Self.star) else { return nil }
        let hasSegments =
            rest.elementsEqual([Self.plus]) || rest.starts(with: [Self.plus, Self.slash])
            || Self.contains(rest, Self.slash, Self.plus)
        let endsInGlob = rest.last == Self.star
        if endsInGlob { rest.removeLast() }
        bytes = Array(rest)
        if hasSegments {
            kind = .segments(endsInGlob: endsInGlob)
            firstWildcard = bytes.firstIndex(of: Self.plus) ?? bytes.count
            wildcardSegments = bytes.split(separator: Self.slash, omittingEmptySubsequences: false)
                .count { $0.elementsEqual([Self.plus]) }
        } else {
            kind = endsInGlob ? .prefix : .exact
            firstWildcard = bytes.count
            wildcardSegments = 0
        }
    }

    /// The pattern as policies write it, without a leading `/`.
    package var text: [UInt8] { endsInGlob ? bytes + [Self.star] : bytes }

    /// The pattern as a string, for messages.
    package var description: String { String(decoding: text, as: UTF8.self) }

    /// Whether the pattern matches all that begins with its bytes or its last segment.
    var endsInGlob: Bool { kind == .prefix || kind == .segments(endsInGlob: true) }

    /// The same pattern in lower case (ASCII).
    var folded: PathPattern { PathPattern(folding: self) }

    private init(folding pattern: PathPattern) {
        kind = pattern.kind
        bytes = PathFolding.lowercased(pattern.bytes)
        firstWildcard = pattern.firstWildcard
        wildcardSegments = pattern.wildcardSegments
    }

    /// Whether another pattern wins over this one where both match, neither being exact.
    ///
    /// The rule, each point only on a tie of those before: the first wildcard stands earlier; it ends in `*` and the
    /// other does not; it has more `+` segments; it is shorter; it sorts first.
    package func hasLowerPriority(than other: PathPattern) -> Bool {
        if firstWildcard != other.firstWildcard { return firstWildcard < other.firstWildcard }
        if endsInGlob != other.endsInGlob { return endsInGlob }
        if wildcardSegments != other.wildcardSegments { return wildcardSegments > other.wildcardSegments }
        if bytes.count != other.bytes.count { return bytes.count < other.bytes.count }
        return ByteOrder.precedes(bytes, other.bytes)
    }

    static let slash = UInt8(ascii: "/")
    static let plus = UInt8(ascii: "+")
    static let star = UInt8(ascii: "*")

    private static func contains(_ bytes: ArraySlice<UInt8>, _ first: UInt8, _ second: UInt8) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 == first && $1 == second }
    }
}
