/// Which texts may stand in YAML without quotes.
enum YAMLPlainText {
    /// Whether a text is read back as the same text when it is not quoted.
    ///
    /// Quoted are: the empty text; words that mean null, true or false in YAML 1.1 or 1.2; whatever begins like a
    /// number or a date; and whatever holds an indicator where it would count as one (YAML 1.2.2, 7.3.3).
    ///
    /// - Parameter text: any text.
    /// - Returns: whether quotes can be left away.
    static func allows(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        guard !isReserved(bytes), !looksNumeric(bytes), !indicators.contains(first) else { return false }
        guard first != 0x20, last != 0x20, last != UInt8(ascii: ":") else { return false }
        guard text.unicodeScalars.allSatisfy(isPrintable) else { return false }
        return !zip(bytes, bytes.dropFirst()).contains { left, right in
            (left == UInt8(ascii: ":") && right == 0x20) || (left == 0x20 && right == UInt8(ascii: "#"))
        }
    }

    /// Whether a character may stand in a plain or block text.
    ///
    /// - Parameter scalar: the character.
    /// - Returns: false for control characters, the tab, other line ends and the byte order mark.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: false
        default: true
        }
    }

    private static let numericCharacters = Array("0123456789.,_:+-eETtZz ".utf8)

    private static let indicators = Array("-?:,[]{}#&*!|>'\"%@`=<".utf8)

    private static let reserved: Set<[UInt8]> = Set(
        ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"].map { Array($0.utf8) })

    private static func isReserved(_ bytes: [UInt8]) -> Bool {
        reserved.contains(bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 })
    }

    /// Numbers, dates, `0x1F`, `1_000`, `12:30:45`, `.inf`: they begin with a digit, a sign or a point, and have only
    /// characters such values have. A version such as `2.7.2` is none of them.
    private static func looksNumeric(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        guard let first = rest.first, (0x30...0x39).contains(first) || first == UInt8(ascii: ".") else { return false }
        if ["0x", "0o", "0b", ".i", ".I", ".n", ".N"].contains(where: { rest.starts(with: $0.utf8) }) { return true }
        guard rest.allSatisfy(numericCharacters.contains) else { return false }
        let points = rest.count { $0 == UInt8(ascii: ".") }
        let onlyDigitsAndPoints = rest.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        return !(onlyDigitsAndPoints && points > 1)
    }
}
