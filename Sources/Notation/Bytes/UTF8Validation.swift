/// Checks of UTF-8 as The Unicode Standard, table 3-7, defines it: no overlong forms, no surrogates, nothing above
/// U+10FFFF.
package enum UTF8Validation {
    /// The length of the well-formed sequence that starts at an offset.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - offset: Where the sequence starts; an offset outside the text gives `nil`.
    /// - Returns: 1 to 4, or `nil` when the bytes there are not well-formed.
    package static func sequenceLength(in bytes: Span<UInt8>, at offset: Int) -> Int? {
        guard offset >= 0, offset < bytes.count else { return nil }
        let remaining = bytes.count &- offset
        let first = bytes[offset]
        guard first >= 0x80 else { return 1 }
        guard first >= 0xC2, first <= 0xF4, remaining >= 2 else { return nil }
        guard secondByteRange(after: first).contains(bytes[offset &+ 1]) else { return nil }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard remaining >= length else { return nil }
        for position in (offset &+ 2)..<(offset &+ length) where bytes[position] & 0xC0 != 0x80 {
            return nil
        }
        return length
    }

    /// Whether all of the bytes are well-formed UTF-8.
    package static func isValid(_ bytes: Span<UInt8>) -> Bool {
        var offset = 0
        while offset < bytes.count {
            if bytes[offset] < 0x80 {
                offset &+= 1
            } else if let length = sequenceLength(in: bytes, at: offset) {
                offset &+= length
            } else {
                return false
            }
        }
        return true
    }

    // The first continuation byte carries the rules against overlong forms, surrogates and too large values.
    private static func secondByteRange(after first: UInt8) -> ClosedRange<UInt8> {
        switch first {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
