import Notation

/// A path of a rule, as policies write theirs: `+` stands for any one segment, and with `*` or `/` at its end it is for
/// all that begin so; any other is for itself and all below it. Everything is compared as bytes.
struct RulePath {
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let plus = UInt8(ascii: "+")

    /// The segments, without a `*` at the end.
    private let segments: [ArraySlice<UInt8>]
    /// Whether the last segment stands for all that begin so.
    private let endsInPrefix: Bool

    init(_ text: String) {
        var bytes = Array(text.utf8)
        let endsInStar = bytes.last == Self.star
        if endsInStar { bytes.removeLast() }
        endsInPrefix = endsInStar || bytes.last == Self.slash
        segments = bytes.split(separator: Self.slash, omittingEmptySubsequences: false)
    }

    /// Whether it says what it is for: a `*` anywhere but at the end would stand for nothing, and one behind `+` leaves
    /// open what is meant.
    var isClear: Bool {
        let isPlain = segments.allSatisfy { !$0.contains(Self.star) }
        return isPlain && !(endsInPrefix && segments.last?.last == Self.plus)
    }

    /// What stands before the first `+` segment; all of it where there is none.
    var front: [UInt8] {
        guard let wildcard = segments.firstIndex(where: Self.isAny) else {
            return Array(segments.joined(separator: [Self.slash]))
        }
        return segments[..<wildcard].flatMap { $0 + [Self.slash] }
    }

    /// Whether it is for a path.
    func matches(_ path: [UInt8]) -> Bool {
        let parts = path.split(separator: Self.slash, omittingEmptySubsequences: false)
        guard parts.count >= segments.count else { return false }
        let places = zip(segments, parts).enumerated()
        return places.allSatisfy { index, place in
            let (segment, part) = place
            if endsInPrefix, index == segments.count - 1 { return part.starts(with: segment) }
            return Self.isAny(segment) || segment.elementsEqual(part)
        }
    }

    private static func isAny(_ segment: ArraySlice<UInt8>) -> Bool {
        // Earlier releases took a `*` in the middle, and the rule must not be for nothing.
        segment.elementsEqual([plus]) || segment.elementsEqual([star])
    }
}
