internal import Notation

/// A value as the text of a table's cell or of a field.
enum CellText {
    /// The text of a cell: `n/a` for an empty text, `<nil>` for null, compact JSON for lists and objects.
    ///
    /// - Parameter value: the value.
    /// - Returns: the text.
    static func cell(_ value: JSON) -> String {
        if case .string(let text) = value, text.isEmpty { return "n/a" }
        return field(value)
    }

    /// The text of a value alone: as ``cell(_:)``, but an empty text is empty.
    ///
    /// - Parameter value: the value.
    /// - Returns: the text.
    static func field(_ value: JSON) -> String {
        switch value {
        case .null: "<nil>"
        case .bool(let value): value ? "true" : "false"
        case .number(let text), .string(let text): text
        case .array, .object: String(decoding: value.serialized(), as: UTF8.self)
        }
    }

    /// A text that cannot command the terminal: control characters but tab and line feed are spelled out.
    ///
    /// - Parameter text: any text.
    /// - Returns: the same text with `\x1b` and the like.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                let digits = String(scalar.value, radix: 16)
                result += #"\x"# + (digits.utf8.count < 2 ? "0" : "") + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case ..<0x20, 0x7F...0x9F: true
        default: false
        }
    }
}
