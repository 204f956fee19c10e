import Notation

/// Configuration as Java properties (java.util.Properties): objects with dots, lists with `[0]`, as Spring reads them.
enum PropertiesText {
    static func text(_ values: [(key: String, value: JSON)]) -> String {
        var lines = ""
        for (key, value) in FlatProperties.leaves(of: values) {
            lines += "\(escaped(key, isKey: true))=\(escaped(value.plainText, isKey: false))\n"
        }
        return lines
    }

    private static func escaped(_ text: String, isKey: Bool) -> String {
        var escaped = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case "\u{0c}": escaped += "\\f"
            case "=", ":", "#", "!": escaped += isKey || index == 0 ? "\\\(scalar)" : "\(scalar)"
            case " ": escaped += isKey || index == 0 ? "\\ " : " "
            case " "..."~": escaped.unicodeScalars.append(scalar)
            default:
                for unit in String(scalar).utf16 {
                    escaped += "\\u" + Hexadecimal.encode([UInt8(unit >> 8), UInt8(unit & 0xff)])
                }
            }
        }
        return escaped
    }
}
