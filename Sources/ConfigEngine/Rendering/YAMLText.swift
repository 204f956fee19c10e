import Notation

/// Configuration as YAML 1.2 in block style, written so that readers of YAML 1.1 read the same.
///
/// Every string stands in double quotes, which no reader takes for anything else.
enum YAMLText {
    static func text(_ object: JSONObject) -> String {
        if object.members.isEmpty { return "{}\n" }
        var text = ""
        write(object, indent: 0, into: &text)
        return text
    }

    // They call each other once per level of the value, which the parser has limited.
    private static func write(_ object: JSONObject, indent: Int, into text: inout String) {
        for member in object.members {
            text += String(repeating: "  ", count: indent) + key(member.name) + ":"
            write(member.value, indent: indent, into: &text)
        }
    }

    private static func write(_ value: JSON, indent: Int, into text: inout String) {
        switch value {
        case .object(let object) where !object.members.isEmpty:
            text += "\n"
            write(object, indent: indent + 1, into: &text)
        case .array(let elements) where !elements.isEmpty:
            text += "\n"
            for element in elements {
                text += String(repeating: "  ", count: indent + 1) + "-"
                write(element, indent: indent + 1, into: &text)
            }
        case .string(let string): text += " " + quoted(string) + "\n"
        case .number(let number): text += " \(Self.number(number))\n"
        case .null, .bool, .array, .object:
            // JSON's scalars and empty collections are YAML's (YAML 1.2, section 1.3).
            text += " " + String(decoding: value.serialized(), as: UTF8.self) + "\n"
        }
    }

    /// A number as it was written, with what readers of YAML 1.1 ask of one with an exponent: a dot, and a sign before the
    /// exponent.
    static func number(_ text: String) -> String {
        let parts = text.utf8.split(maxSplits: 1) { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        guard let mantissa = parts.first, parts.count == 2, let first = parts[1].first else { return text }
        let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        return String(decoding: Array(mantissa), as: UTF8.self) + (mantissa.contains(UInt8(ascii: ".")) ? "" : ".0")
            + (isSigned ? "e" : "e+") + String(decoding: Array(parts[1]), as: UTF8.self)
    }

    /// A key: plain where it begins with a letter and no reader takes it for a boolean or null.
    private static func key(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            default: false
            }
        }
        let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        let lowered = String(decoding: Array(name.utf8).asciiLowercased(), as: UTF8.self)
        if isPlain, !name.utf8.isEmpty, !words.contains(where: { $0.bytesEqual(to: lowered) }) { return name }
        return quoted(name)
    }

    /// A text in double quotes: JSON's escapes, and the same for what YAML does not count as printable (section 5.1).
    static func quoted(_ text: String) -> String {
        let json = String(decoding: JSON.string(text).serialized(), as: UTF8.self)
        return json.unicodeScalars.reduce(into: "") { written, scalar in
            switch scalar.value {
            case 0x7f...0x9f, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
                written += "\\u" + Hexadecimal.encode([UInt8(scalar.value >> 8), UInt8(scalar.value & 0xff)])
            default: written.unicodeScalars.append(scalar)
            }
        }
    }
}
