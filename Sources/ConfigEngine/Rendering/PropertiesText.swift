import Notation

/// Configuration as Java properties (java.util.Properties): objects with dots, lists with `[0]`, as Spring reads them.
enum PropertiesText {
    static func text(_ values: [(key: String, value: JSON)]) -> String {
        var lines = ""
        for (key, value) in flattened(values) { lines += "\(escaped(key, isKey: true))=\(escaped(value, isKey: false))\n" }
        return lines
    }

    /// Keys and texts of all leaves.
    static func flattened(_ values: [(key: String, value: JSON)]) -> [(key: String, text: String)] {
        var found: [(key: String, text: String)] = []
        for (key, value) in values { flatten(value, key, into: &found) }
        return found
    }

    // It calls itself once per level of the value, which the parser has limited.
    private static func flatten(_ value: JSON, _ key: String, into found: inout [(key: String, text: String)]) {
        switch value {
        case .object(let object) where !object.members.isEmpty:
            for member in object.members { flatten(member.value, "\(key).\(member.name)", into: &found) }
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() { flatten(element, "\(key)[\(index)]", into: &found) }
        case .null, .array, .object: found.append((key, ""))
        case .bool, .number, .string: found.append((key, value.plainText))
        }
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
                for unit in String(scalar).utf16 { escaped += "\\u" + Hexadecimal.encode([UInt8(unit >> 8), UInt8(unit & 0xff)]) }
            }
        }
        return escaped
    }
}
