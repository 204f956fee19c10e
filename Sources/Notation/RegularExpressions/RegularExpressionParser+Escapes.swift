extension RegularExpressionParser {
    /// Reads what follows a backslash outside of a class.
    mutating func parseEscape(start: Int) throws(RegularExpressionError) -> RegularExpressionTree {
        if let (named, isInverted) = takeNamedClass() {
            var set = named
            if isInverted { set.invert() }
            return .scalars(set)
        }
        if skip("b") { return .assertion(.wordBoundary) }
        if skip("B") { return .assertion(.notWordBoundary) }
        if skip("A") { return .assertion(.start) }
        if skip("z") { return .assertion(.end) }
        return literal(try takeEscapedScalar(start: start))
    }

    /// Reads `d D w W s S` when one of them is next.
    mutating func takeNamedClass() -> (set: ScalarClass, isInverted: Bool)? {
        let named: (ScalarClass, Bool)
        switch next {
        case UInt8(ascii: "d"): named = (.digits, false)
        case UInt8(ascii: "D"): named = (.digits, true)
        case UInt8(ascii: "w"): named = (.word, false)
        case UInt8(ascii: "W"): named = (.word, true)
        case UInt8(ascii: "s"): named = (.space, false)
        case UInt8(ascii: "S"): named = (.space, true)
        default: return nil
        }
        advance()
        return named
    }

    /// Reads an escape that stands for one scalar: `\t \n \f \r \v`, `\xHH`, `\x{H…}`, or any ASCII punctuation.
    mutating func takeEscapedScalar(start: Int) throws(RegularExpressionError) -> UInt32 {
        guard let byte = next else { throw failure(.trailingBackslash, at: start) }
        switch byte {
        case UInt8(ascii: "t"): advance(); return 0x09
        case UInt8(ascii: "n"): advance(); return 0x0A
        case UInt8(ascii: "v"): advance(); return 0x0B
        case UInt8(ascii: "f"): advance(); return 0x0C
        case UInt8(ascii: "r"): advance(); return 0x0D
        case UInt8(ascii: "x"):
            advance()
            return try takeHexadecimal(start: start)
        case UInt8(ascii: "1")...UInt8(ascii: "9"), UInt8(ascii: "k"): throw failure(.backReference, at: start)
        case UInt8(ascii: "p"), UInt8(ascii: "P"): throw failure(.unicodeClass, at: start)
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E:
            advance()
            return UInt32(byte)
        default: throw failure(.badEscape, at: start)
        }
    }

    private mutating func takeHexadecimal(start: Int) throws(RegularExpressionError) -> UInt32 {
        let isBraced = skip("{")
        var value: UInt32 = 0
        var count = 0
        while count < (isBraced ? 6 : 2), let digit = next.flatMap(Self.digit) {
            value = value << 4 | digit
            count += 1
            advance()
        }
        guard isBraced ? count > 0 && skip("}") : count == 2, Unicode.Scalar(value) != nil else {
            throw failure(.badEscape, at: start)
        }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
