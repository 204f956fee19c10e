/// Lower-casing of the 26 letters of ASCII and of nothing else.
///
/// Unicode's own rules change the length of text and make different names the same: U+212A, the Kelvin sign, becomes
/// `k`.
package enum ASCIICase {
    /// The lower-case form of a byte; bytes that are not `A` to `Z` stay as they are.
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}

extension Span<UInt8> {
    /// Whether two sequences have the same bytes once `A` to `Z` are lower-cased.
    package func bytesEqualIgnoringASCIICase(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where ASCIICase.lowercased(self[index]) != ASCIICase.lowercased(other[index]) {
            return false
        }
        return true
    }
}

extension [UInt8] {
    /// These bytes with `A` to `Z` lower-cased.
    package func asciiLowercased() -> [UInt8] { map(ASCIICase.lowercased) }
}

extension String {
    /// This string with `A` to `Z` lower-cased.
    package func asciiLowercased() -> String {
        guard utf8.contains(where: { ASCIICase.lowercased($0) != $0 }) else { return self }
        return String(validated: utf8.map(ASCIICase.lowercased))
    }

    /// Whether two strings have the same UTF-8 once `A` to `Z` are lower-cased.
    package func bytesEqualIgnoringASCIICase(to other: String) -> Bool {
        withUTF8Bytes { bytes in
            other.withUTF8Bytes { bytes.bytesEqualIgnoringASCIICase(to: $0) }
        }
    }
}
