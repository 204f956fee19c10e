/// The grammar of number literals.
enum HCLNumber {
    /// Whether bytes are a number: JSON's grammar, and for HCL also hexadecimal and octal integers.
    ///
    /// - Parameters:
    ///   - bytes: the candidate.
    ///   - json: whether only JSON's grammar counts.
    static func isLiteral(_ bytes: ArraySlice<UInt8>, json: Bool) -> Bool {
        var rest = bytes
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        if !json, rest.count > 1, rest.first == UInt8(ascii: "0") {
            let second = rest[rest.startIndex + 1]
            if second == UInt8(ascii: "x") || second == UInt8(ascii: "X") {
                return rest.count > 2 && rest.dropFirst(2).allSatisfy(isHexadecimal)
            }
            if isDigit(second) { return rest.allSatisfy { (0x30...0x37).contains($0) } }
        }
        return isDecimal(rest)
    }

    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        let whole = takeDigits(&rest)
        guard whole > 0 else { return false }
        if whole > 1, bytes.first == UInt8(ascii: "0") { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard takeDigits(&rest) > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            guard takeDigits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> Int {
        let digits = rest.prefix(while: isDigit).count
        rest = rest.dropFirst(digits)
        return digits
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
