/// Base 16 (RFC 4648 section 8).
///
/// Its running time depends on the bytes, so it is not for keys.
package enum Hexadecimal {
    /// Writes bytes as lower-case digits, two for each byte.
    package static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        append(bytes, to: &output)
        return output
    }

    /// Writes bytes as lower-case digits, two for each byte.
    package static func encode(_ bytes: [UInt8]) -> String {
        String(validated: encode(bytes.span))
    }

    /// Appends bytes as lower-case digits, two for each byte.
    package static func append(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        output.reserveAdditional(bytes.count, times: 2)
        for index in bytes.indices {
            output.append(digit(bytes[index] >> 4))
            output.append(digit(bytes[index] & 0x0F))
        }
    }

    /// Reads digits of either case.
    ///
    /// - Returns: The bytes, or `nil` when the count of digits is odd or anything else stands in the text.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 2)
        var index = 0
        while index < text.count {
            guard let high = value(of: text[index]), let low = value(of: text[index &+ 1]) else { return nil }
            output.append(high << 4 | low)
            index &+= 2
        }
        return output
    }

    /// Reads digits of either case.
    ///
    /// - Returns: The bytes, or `nil` when the count of digits is odd or anything else stands in the text.
    package static func decode(_ text: String) -> [UInt8]? { text.withUTF8Bytes { decode($0) } }

    /// The value of one digit of either case, 0 to 15, or `nil` for any other byte.
    package static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    /// The lower-case digit of the lower four bits of a value.
    package static func digit(_ value: UInt8) -> UInt8 {
        let nibble = value & 0x0F
        return nibble < 10 ? nibble &+ UInt8(ascii: "0") : nibble &- 10 &+ UInt8(ascii: "a")
    }
}
