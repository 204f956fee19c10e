import Notation

/// Configuration as lines `NAME=value` that `sh` reads (`set -a; . ./file`), and readers of `.env` files.
///
/// Names are the keys in upper case, with `_` in the place of `.`, `-` and `:`. Values stand in single quotes where
/// `sh` could take them for something else; objects and lists are JSON; `null` is the empty text.
enum EnvironmentText {
    static func text(_ values: [(key: String, value: JSON)]) throws(RenderingError) -> String {
        var keys: [String: String] = [:]
        var lines = ""
        for (key, value) in values {
            let name = name(of: key)
            if let other = keys.updateValue(key, forKey: name) {
                throw RenderingError(description: "\"\(other)\" and \"\(key)\" would both become \(name)")
            }
            let text = if case .null = value { "" } else { value.plainText }
            guard !text.utf8.contains(0) else {
                throw RenderingError(description: "\"\(key)\" has a NUL, which no environment can hold")
            }
            lines += "\(name)=\(quoted(text))\n"
        }
        return lines
    }

    /// The name of the variable that a key becomes. A digit in front gets `_` before it.
    static func name(of key: String) -> String {
        var name: [UInt8] = []
        for byte in Array(key.utf8) {
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"): name.append(UInt8(ascii: "_"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): name.append(byte - 0x20)
            default: name.append(byte)
            }
        }
        if let first = name.first, (0x30...0x39).contains(first) { name.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: name, as: UTF8.self)
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: Array("_-./:,+@%".utf8).contains(byte)
            }
        }
        if isPlain { return text }
        // A single quote ends the quotes, stands by itself, and opens them again.
        let parts = text.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        return "'" + parts.joined(separator: "'\\''") + "'"
    }
}
