/// Backslash sequences inside JSON strings.
enum JSONEscapes {
    /// The UTF-16 code unit written as `\uXXXX` at an offset, or `nil` when no such sequence stands there.
    static func codeUnit(in bytes: Span<UInt8>, at offset: Int) -> UInt16? {
        guard offset >= 0, bytes.count &- offset >= 6 else { return nil }
        guard bytes[offset] == UInt8(ascii: "\\"), bytes[offset &+ 1] == UInt8(ascii: "u") else { return nil }
        var unit: UInt16 = 0
        for position in (offset &+ 2)..<(offset &+ 6) {
            guard let digit = Hexadecimal.value(of: bytes[position]) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// Appends what the text between a string's quotes stands for, as UTF-8.
    ///
    /// - Parameters:
    ///   - content: The text between the quotes, already checked by ``JSONReader``. Whatever is malformed in other
    ///     text is copied as it stands.
    ///   - output: Where the decoded bytes go.
    static func decode(_ content: Span<UInt8>, into output: inout [UInt8]) {
        var runStart = 0
        var position = 0
        while position < content.count {
            guard content[position] == UInt8(ascii: "\\"), position &+ 1 < content.count else {
                position &+= 1
                continue
            }
            output.append(content.extracting(runStart..<position))
            position = decodeEscape(in: content, at: position, into: &output)
            runStart = position
        }
        output.append(content.extracting(runStart..<content.count))
    }

    /// What the text between a string's quotes stands for, as UTF-8; see ``decode(_:into:)``.
    static func decode(_ content: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(content.count)
        decode(content, into: &output)
        return output
    }

    // Returns the position after the escape. The caller knows that a byte follows the backslash.
    private static func decodeEscape(in content: Span<UInt8>, at position: Int, into output: inout [UInt8]) -> Int {
        switch content[position &+ 1] {
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            guard let unit = codeUnit(in: content, at: position) else {
                output.append(UInt8(ascii: "\\"))
                return position &+ 1
            }
            guard UTF16.isLeadSurrogate(unit), let trail = codeUnit(in: content, at: position &+ 6),
                UTF16.isTrailSurrogate(trail)
            else {
                append(UInt32(unit), to: &output)
                return position &+ 6
            }
            append(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(trail & 0x3FF)), to: &output)
            return position &+ 12
        case let literal: output.append(literal)
        }
        return position &+ 2
    }

    private static func append(_ value: UInt32, to output: inout [UInt8]) {
        output.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
    }
}
