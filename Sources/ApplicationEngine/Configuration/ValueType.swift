package import Notation

/// What values are, in the words of this door and in those of `config/`.
package enum ValueType {
    /// The words of this door that `config/` says otherwise.
    private static let words: [(own: String, type: String)] = [
        ("int", "integer"), ("json", "object"), ("json", "list"),
    ]

    /// The words that are taken.
    package static let known = [
        "string", "int", "integer", "float", "boolean", "json", "object", "list", "duration", "bytes", "secret",
    ]

    /// The word for a type of `config/`.
    package static func word(_ type: String) -> String { words.first { $0.type.bytesEqual(to: type) }?.own ?? type }

    /// The type of `config/` for a word; `json` is a list or an object, or what the value is.
    ///
    /// - Returns: `nil` when it is none of the words.
    package static func type(_ word: String, for value: JSON) -> String? {
        guard let known = known.first(where: { $0.bytesEqual(to: word) }) else { return nil }
        if known.bytesEqual(to: "json") { return inferred(from: value) }
        return words.first { $0.own.bytesEqual(to: known) }?.type ?? known
    }

    /// Whether a word is that for lists and objects.
    package static func isJSON(_ word: JSON) -> Bool { word.stringValue?.bytesEqual(to: "json") ?? false }

    /// The type of a value for which nobody names one.
    package static func inferred(from value: JSON) -> String {
        switch value {
        case .null, .string: "string"
        case .bool: "boolean"
        case .number(let text): isInteger(text) ? "integer" : "float"
        case .array: "list"
        case .object(let object): object["$secret"] == nil ? "object" : "secret"
        }
    }

    private static func isInteger(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
    }
}
