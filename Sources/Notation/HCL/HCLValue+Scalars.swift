extension HCLValue {
    /// The string, when this is one.
    package var stringValue: String? { if case .string(let value) = self { value } else { nil } }

    /// A boolean: `true`, `false`, or one of the strings `true`, `false`, `1`, `0`, `t`, `f`, or the numbers 1 and 0.
    package var boolean: Bool? {
        switch self {
        case .bool(let value): value
        case .string(let text), .number(let text): Self.boolean(Array(text.utf8))
        default: nil
        }
    }

    /// An integer: a whole number in range, or a string that holds one.
    package var integer: Int? {
        switch self {
        case .number(let text), .string(let text): Self.integer(Array(text.utf8))
        default: nil
        }
    }

    /// A length of time: seconds as a number, or a string such as `60`, `1h30m` or `30d`; never negative.
    package var duration: GoDuration? {
        switch self {
        case .number(let text), .string(let text): text.utf8.isEmpty ? nil : Self.duration(text)
        default: nil
        }
    }

    /// The elements of a list of strings; a single string is a list of one.
    package var strings: [String]? {
        switch self {
        case .string(let value):
            return [value]
        case .list(let values):
            let strings = values.compactMap(\.stringValue)
            return strings.count == values.count ? strings : nil
        default:
            return nil
        }
    }

    private static func duration(_ text: String) -> GoDuration? {
        // The reason does not matter: the caller names the field and says that a duration is expected.
        guard let duration = try? GoDuration(parsing: text), !duration.isNegative else { return nil }
        return duration
    }

    private static func boolean(_ text: [UInt8]) -> Bool? {
        let lower = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        if ["true", "t", "1"].contains(where: { lower.elementsEqual($0.utf8) }) { return true }
        if ["false", "f", "0"].contains(where: { lower.elementsEqual($0.utf8) }) { return false }
        return nil
    }

    private static func integer(_ text: [UInt8]) -> Int? {
        guard HCLNumber.isLiteral(text[...], json: false) else { return nil }
        let negative = text.first == UInt8(ascii: "-")
        let digits = negative ? text.dropFirst() : text[...]
        let radix: (skip: Int, base: Int)
        switch (digits.first, digits.dropFirst().first) {
        case (UInt8(ascii: "0"), UInt8(ascii: "x")), (UInt8(ascii: "0"), UInt8(ascii: "X")): radix = (2, 16)
        case (UInt8(ascii: "0"), .some): radix = (1, 8)
        default: radix = (0, 10)
        }
        let text = (negative ? "-" : "") + String(decoding: digits.dropFirst(radix.skip), as: UTF8.self)
        return Int(text, radix: radix.base)
    }
}
