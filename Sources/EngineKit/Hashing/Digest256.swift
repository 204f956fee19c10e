import Notation

/// A digest of 32 bytes.
package struct Digest256: Hashable, Sendable {
    // The bytes as little-endian words.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        words = (first, second, third, fourth)
    }

    /// The first eight bytes as a big-endian number.
    package var leading64: UInt64 { words.0.byteSwapped }

    /// The bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for word in [words.0, words.1, words.2, words.3] {
            for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place))) }
        }
        return bytes
    }

    /// The bytes as lower-case hexadecimal digits.
    package var hexadecimal: String { Hexadecimal.encode(bytes) }

    /// Whether two digests have the same bytes.
    package static func == (left: Digest256, right: Digest256) -> Bool { left.words == right.words }

    /// Feeds the digest to a hasher.
    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
