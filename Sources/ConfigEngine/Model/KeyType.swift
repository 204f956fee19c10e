import EngineKit
package import Notation

/// What the values of a key are.
package enum KeyType: String, CaseIterable, Sendable {
    case string, integer, float, boolean, duration, bytes, list, object
    /// A reference to a secret.
    case secret
    /// No value of its own: a schema for all the keys below.
    case subtree

    /// What a value must be to be of the type; `nil` when it is.
    ///
    /// References may stand in the place of any value, since what they refer to is not known before it is read.
    package func problem(with value: JSON) -> String? {
        if self != .subtree, SecretReference.isReference(value) { return nil }
        switch (self, value) {
        case (.string, .string), (.boolean, .bool), (.list, .array), (.object, .object): return nil
        case (.float, .number(let text)) where Double(text)?.isFinite ?? false: return nil
        case (.integer, .number(let text)) where Self.isInteger(text): return nil
        case (.duration, .string(let text)) where !text.utf8.isEmpty && (try? GoDuration(parsing: text)) != nil:
            return nil
        case (.bytes, .string(let text)) where Base64.decode(text) != nil: return nil
        default: return "must be \(phrase)"
        }
    }

    private var phrase: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a number"
        case .boolean: "a boolean"
        case .duration: "a duration as text, such as 30s or 1h30m"
        case .bytes: "bytes as base64"
        case .list: "a list"
        case .object: "an object"
        case .secret: "a reference to a secret, such as {\"$secret\": \"secret/data/app#password\"}"
        case .subtree: "absent: it stands for the keys below it"
        }
    }

    /// Whether a number is written as an integer.
    private static func isInteger(_ text: String) -> Bool {
        var digits = Substring(text).utf8
        if digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
        return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
