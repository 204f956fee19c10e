extension Base64 {
    /// Reads text that was written by ``encode(_:alphabet:padded:)`` with the same options.
    ///
    /// - Parameters:
    ///   - text: The text as ASCII.
    ///   - alphabet: The characters to expect.
    ///   - padded: Whether `=` must fill the last group of four; when not, there must be none.
    /// - Returns: The bytes, or `nil` when the text is anything else.
    package static func decode(
        _ text: Span<UInt8>, alphabet: Alphabet = .standard, padded: Bool = true
    ) -> [UInt8]? {
        guard let count = significantCount(of: text, padded: padded), count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(count / 4 * 3 + 2)
        var group: UInt32 = 0
        for index in 0..<count {
            guard let value = value(of: text[index], alphabet: alphabet) else { return nil }
            group = group << 6 | UInt32(value)
            if index % 4 == 3 {
                append(group, bytes: 3, to: &output)
                group = 0
            }
        }
        switch count % 4 {
        case 2:
            guard group & 0xF == 0 else { return nil }
            append(group << 12, bytes: 1, to: &output)
        case 3:
            guard group & 0x3 == 0 else { return nil }
            append(group << 6, bytes: 2, to: &output)
        default: break
        }
        return output
    }

    /// Reads text from a string; see the form that takes a span.
    package static func decode(_ text: String, alphabet: Alphabet = .standard, padded: Bool = true) -> [UInt8]? {
        text.withUTF8Bytes { decode($0, alphabet: alphabet, padded: padded) }
    }

    // The count without the padding, or nil when the padding cannot be right.
    private static func significantCount(of text: Span<UInt8>, padded: Bool) -> Int? {
        guard padded else { return text.count }
        guard text.count % 4 == 0 else { return nil }
        var count = text.count
        while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        return count
    }

    private static func append(_ group: UInt32, bytes: Int, to output: inout [UInt8]) {
        for place in 0..<bytes { output.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place))) }
    }

    private static func value(of character: UInt8, alphabet: Alphabet) -> UInt8? {
        switch (character, alphabet) {
        case (UInt8(ascii: "A")...UInt8(ascii: "Z"), _): character &- UInt8(ascii: "A")
        case (UInt8(ascii: "a")...UInt8(ascii: "z"), _): character &- UInt8(ascii: "a") &+ 26
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), _): character &- UInt8(ascii: "0") &+ 52
        case (UInt8(ascii: "+"), .standard), (UInt8(ascii: "-"), .urlSafe): 62
        case (UInt8(ascii: "/"), .standard), (UInt8(ascii: "_"), .urlSafe): 63
        default: nil
        }
    }
}
