import Notation

/// Configuration as TOML 1.0: objects as tables, objects within lists as inline tables.
///
/// TOML has no `null`: such a key is left out and named in a comment.
enum TOMLText {
    static func text(_ object: JSONObject) throws(RenderingError) -> String {
        var text = ""
        try write(object, path: [], into: &text)
        return text
    }

    // It calls itself once per level of the value, which the parser has limited.
    private static func write(_ object: JSONObject, path: [String], into text: inout String) throws(RenderingError) {
        for member in object.members {
            let full = (path + [member.name]).joined(separator: ".")
            switch member.value {
            case .object(let inner) where !inner.members.isEmpty: continue
            case .null: text += "# \(key(member.name)) is null, for which TOML has no word\n"
            default: text += "\(key(member.name)) = \(try inline(member.value, full))\n"
            }
        }
        for member in object.members {
            guard case .object(let inner) = member.value, !inner.members.isEmpty else { continue }
            let path = path + [member.name]
            if !text.isEmpty { text += "\n" }
            text += "[\(path.map(key).joined(separator: "."))]\n"
            try write(inner, path: path, into: &text)
        }
    }

    private static func inline(_ value: JSON, _ full: String) throws(RenderingError) -> String {
        switch value {
        case .null: throw RenderingError(description: "\"\(full)\" has null in a list, for which TOML has no word")
        case .bool(let value): return value ? "true" : "false"
        case .number(let text): return try number(text, full)
        case .string(let text): return string(text)
        case .array(let elements):
            var parts: [String] = []
            for element in elements { parts.append(try inline(element, full)) }
            return "[" + parts.joined(separator: ", ") + "]"
        case .object(let object):
            var parts: [String] = []
            for member in object.members {
                if case .null = member.value { continue }
                parts.append("\(key(member.name)) = \(try inline(member.value, "\(full).\(member.name)"))")
            }
            return parts.isEmpty ? "{}" : "{ " + parts.joined(separator: ", ") + " }"
        }
    }

    /// A value as one of a key whose values are floats: TOML has integers and floats apart, and JSON does not.
    static func float(_ value: JSON) -> JSON {
        guard case .number(let text) = value, isWhole(text) else { return value }
        return .number(text + ".0")
    }

    private static func isWhole(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    }

    private static func number(_ text: String, _ full: String) throws(RenderingError) -> String {
        if isWhole(text), Int64(text) == nil {
            throw RenderingError(description: "\"\(full)\" is an integer beyond 64 bits, which TOML cannot hold")
        }
        return text
    }

    private static func key(_ name: String) -> String {
        let isBare = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isBare && !name.utf8.isEmpty ? name : string(name)
    }

    /// A basic string: JSON's escapes are TOML's but for `\/`, which the writer does not use, and DEL, which TOML asks
    /// to be escaped.
    private static func string(_ text: String) -> String {
        let json = String(decoding: JSON.string(text).serialized(), as: UTF8.self)
        return json.unicodeScalars.reduce(into: "") { written, scalar in
            if scalar == "\u{7f}" { written += "\\u007F" } else { written.unicodeScalars.append(scalar) }
        }
    }
}
