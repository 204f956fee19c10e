/// Base 64 (RFC 4648 sections 4 and 5).
///
/// Decoding is strict: no white space, no character of the other alphabet, exactly the padding asked for, and zero in
/// the bits that carry nothing, so each byte sequence has one spelling. Its running time depends on the bytes, so it
/// is not for keys.
package enum Base64 {
    /// Which two characters stand for 62 and 63.
    package enum Alphabet: Sendable {
        /// `+` and `/`.
        case standard
        /// `-` and `_`.
        case urlSafe
    }

    /// Writes bytes as text.
    ///
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - alphabet: The characters to use.
    ///   - padded: Whether `=` fills the last group of four.
    package static func encode(_ bytes: Span<UInt8>, alphabet: Alphabet = .standard, padded: Bool = true) -> [UInt8] {
        var output: [UInt8] = []
        append(bytes, alphabet: alphabet, padded: padded, to: &output)
        return output
    }

    /// Writes bytes as a string; see the form that takes a span.
    package static func encode(_ bytes: [UInt8], alphabet: Alphabet = .standard, padded: Bool = true) -> String {
        String(validated: encode(bytes.span, alphabet: alphabet, padded: padded))
    }

    /// Appends bytes as text; see ``encode(_:alphabet:padded:)``.
    package static func append(
        _ bytes: Span<UInt8>, alphabet: Alphabet = .standard, padded: Bool = true, to output: inout [UInt8]
    ) {
        output.reserveAdditional(bytes.count / 3 &+ 1, times: 4)
        var index = 0
        while bytes.count &- index >= 3 {
            let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index &+ 1]) << 8 | UInt32(bytes[index &+ 2])
            appendGroup(group, characters: 4, alphabet: alphabet, to: &output)
            index &+= 3
        }
        switch bytes.count &- index {
        case 1:
            appendGroup(UInt32(bytes[index]) << 16, characters: 2, alphabet: alphabet, to: &output)
            if padded { output.append(literal: "==") }
        case 2:
            let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index &+ 1]) << 8
            appendGroup(group, characters: 3, alphabet: alphabet, to: &output)
            if padded { output.append(literal: "=") }
        default: break
        }
    }

    private static func appendGroup(
        _ group: UInt32, characters: Int, alphabet: Alphabet, to output: inout [UInt8]
    ) {
        for place in 0..<characters {
            let value = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * place)) & 0x3F
            output.append(character(value, alphabet: alphabet))
        }
    }

    private static func character(_ value: UInt8, alphabet: Alphabet) -> UInt8 {
        switch value {
        case ..<26: value &+ UInt8(ascii: "A")
        case ..<52: value &- 26 &+ UInt8(ascii: "a")
        case ..<62: value &- 52 &+ UInt8(ascii: "0")
        case 62: alphabet == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: alphabet == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }
}
