/// A cursor over the text of a password hash.
struct PasswordHashReader: ~Escapable {
    private let text: Span<UInt8>
    private var position = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) {
        self.text = text
    }

    /// Moves past `literal`, or answers false and stays.
    @_lifetime(self: copy self)
    mutating func skip(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard text.count - position >= count else { return false }
        for index in 0..<count {
            // A static string literal is valid for `count` bytes.
            guard unsafe literal.utf8Start[index] == text[position + index] else { return false }
        }
        position += count
        return true
    }

    /// Reads a decimal number without sign or leading zero, or answers nil.
    @_lifetime(self: copy self)
    mutating func number() -> UInt32? {
        let start = position
        var value: UInt32 = 0
        while position < text.count, (0x30...0x39).contains(text[position]) {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt32(text[position] - 0x30))
            guard !overflow, !carry else { return nil }
            value = sum
            position += 1
        }
        guard position > start, position == start + 1 || text[start] != 0x30 else { return nil }
        return value
    }

    /// Whether the rest is `salt$hash`, both non-empty, in unpadded base64.
    func restIsBase64Pair() -> Bool {
        var separators = 0
        var run = 0
        for index in position..<text.count {
            switch text[index] {
            case 0x24 where run > 0:
                separators += 1
                run = 0
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F:
                run += 1
            default:
                return false
            }
        }
        return separators == 1 && run > 0
    }
}
