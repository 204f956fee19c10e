/// The Unicode scalar at a place of a UTF-8 text.
struct UTF8Scalar {
    /// Its value; 0xFFFFFFFF at the end of the text.
    let value: UInt32
    /// How many bytes it takes; 0 at the end.
    let length: Int

    /// What is read at the end of a text.
    static let none: UInt32 = .max

    /// Reads the scalar at an offset of well-formed UTF-8. Of other bytes each counts as the scalar of its own value,
    /// so that reading always moves on and never leaves the text.
    @inline(__always)
    init(in text: Span<UInt8>, at offset: Int) {
        guard offset < text.count else {
            value = Self.none
            length = 0
            return
        }
        let first = text[offset]
        let expected = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard expected > 1, text.count &- offset >= expected else {
            value = UInt32(first)
            length = 1
            return
        }
        var value = UInt32(first) & (0x7F >> UInt32(expected))
        for position in (offset &+ 1)..<(offset &+ expected) { value = value << 6 | UInt32(text[position] & 0x3F) }
        self.value = value
        length = expected
    }
}
