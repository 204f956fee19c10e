package import Notation

/// What a request brings beside its path: the members of its JSON body, or of its query for reads and deletes.
///
/// The body has been checked to be well-formed JSON within limits before this is made. Values are decoded the way
/// Vault's framework does ("weak decode"): a number may come as a string, a list as comma-separated text, and `null`
/// stands for the zero value of the type. Errors name the field and what it should be, never what was sent.
package struct Input: Sendable {
    /// The JSON text of the body as it was received; empty when the input came from the query or there was none.
    package let body: [UInt8]
    /// The members of the top-level object.
    package let members: JSONObject

    /// Makes an input from parsed members and the text they were parsed from.
    package init(members: JSONObject, body: [UInt8] = []) {
        self.members = members
        self.body = body
    }

    /// No input.
    package static let none = Input(members: JSONObject())

    /// Whether the field was given, `null` included.
    package func has(_ name: String) -> Bool { members[name] != nil }

    /// A text; numbers and booleans become their text, `null` the empty text. `nil` when the field is absent.
    package func string(_ name: String) throws(EngineError) -> String? {
        switch members[name] {
        case nil: nil
        case .null?: ""
        case .string(let text)?, .number(let text)?: text
        case .bool(let value)?: value ? "1" : "0"
        case .array?, .object?: throw .field(name, "a string")
        }
    }

    /// A boolean; also the texts `true false 1 0 t f T F TRUE FALSE True False` and numbers.
    package func bool(_ name: String) throws(EngineError) -> Bool? {
        switch members[name] {
        case nil: return nil
        case .null?: return false
        case .bool(let value)?: return value
        case .number(let text)?: return try number(text, name) != 0
        case .string(let text)?:
            if text.utf8.isEmpty { return false }
            guard let truth = GoBoolean.parse(text) else { throw .field(name, "a boolean") }
            return truth
        case .array?, .object?: throw .field(name, "a boolean")
        }
    }

    /// An integer; also as text, and as a number with a zero fraction.
    package func int(_ name: String) throws(EngineError) -> Int? {
        switch members[name] {
        case nil: return nil
        case .null?: return 0
        case .bool(let value)?: return value ? 1 : 0
        case .number(let text)?: return try number(text, name)
        case .string(let text)? where text.utf8.isEmpty: return 0
        case .string(let text)?: return try number(text, name)
        case .array?, .object?: throw .field(name, "an integer")
        }
    }

    /// A duration in whole seconds: a number of seconds, or text such as `60`, `1h30m`, `30d`. What is shorter than a
    /// second is one, because 0 stands for none. Negative is refused unless allowed.
    package func seconds(_ name: String, allowingNegative: Bool = false) throws(EngineError) -> Int? {
        let value: Int
        switch members[name] {
        case nil: return nil
        case .null?: return 0
        case .number(let text)?: value = try number(text, name)
        case .string(let text)? where text.utf8.isEmpty: return 0
        case .string(let text)?:
            guard let duration = try? GoDuration(parsing: text) else { throw .field(name, "a duration") }
            value = Int(clamping: duration.secondsNotNone)
        case .bool?, .array?, .object?: throw .field(name, "a duration")
        }
        guard value >= 0 || allowingNegative else { throw .field(name, "a duration that is not negative") }
        return value
    }

    /// A list of texts: an array, or comma-separated text. Elements are trimmed of spaces; empty ones are dropped.
    package func list(_ name: String) throws(EngineError) -> [String]? {
        switch members[name] {
        case nil: return nil
        case .null?: return []
        case .string(let text)?: return Self.commaSeparated(text)
        case .number(let text)?: return [text]
        case .array(let elements)?:
            var texts: [String] = []
            for element in elements {
                switch element {
                case .string(let text), .number(let text): texts.append(Self.trimmed(text))
                case .bool(let value): texts.append(value ? "1" : "0")
                case .null: break
                case .array, .object: throw .field(name, "a list of strings")
                }
            }
            return texts.filter { !$0.utf8.isEmpty }
        case .bool?, .object?: throw .field(name, "a list of strings")
        }
    }

    /// A map of texts: an object, an array of `key=value` texts, one such text, or a text that holds a JSON object.
    package func textMap(_ name: String) throws(EngineError) -> [(name: String, value: String)]? {
        switch members[name] {
        case nil: return nil
        case .null?: return []
        case .object(let object)?: return try Self.texts(object, field: name)
        case .string(let text)?:
            if text.utf8.first == UInt8(ascii: "{") {
                guard let parsed = try? JSON(parsing: Array(text.utf8)), let object = parsed.objectValue else {
                    throw .field(name, "a map of strings")
                }
                return try Self.texts(object, field: name)
            }
            return text.utf8.isEmpty ? [] : [try Self.pair(text, field: name)]
        case .array(let elements)?:
            var pairs: [(name: String, value: String)] = []
            for element in elements {
                guard case .string(let text) = element else { throw .field(name, "a map of strings") }
                pairs.append(try Self.pair(text, field: name))
            }
            return pairs
        case .bool?, .number?: throw .field(name, "a map of strings")
        }
    }

    /// A JSON object. `null` is an empty one.
    package func object(_ name: String) throws(EngineError) -> JSONObject? {
        switch members[name] {
        case nil: return nil
        case .null?: return JSONObject()
        case .object(let object)?: return object
        default: throw .field(name, "an object")
        }
    }

    private func number(_ text: String, _ name: String) throws(EngineError) -> Int {
        if let value = Int(text) { return value }
        if let double = Double(text), let value = Int(exactly: double) { return value }
        throw .field(name, "an integer")
    }

    private static func texts(_ object: JSONObject, field: String) throws(EngineError) -> [(
        name: String, value: String
    )] {
        var pairs: [(name: String, value: String)] = []
        for member in object.members {
            switch member.value {
            case .string(let text), .number(let text): pairs.append((member.name, text))
            case .bool(let value): pairs.append((member.name, value ? "true" : "false"))
            case .null: pairs.append((member.name, ""))
            case .array, .object: throw .field(field, "a map of strings")
            }
        }
        return pairs
    }

    private static func pair(_ text: String, field: String) throws(EngineError) -> (name: String, value: String) {
        let bytes = Array(text.utf8)
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { throw .field(field, "a map of strings") }
        return (
            String(decoding: bytes[..<equals], as: UTF8.self),
            String(decoding: bytes[(equals + 1)...], as: UTF8.self)
        )
    }

    private static func commaSeparated(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: ",")).map { trimmed(String(decoding: $0, as: UTF8.self)) }
            .filter { !$0.utf8.isEmpty }
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0d).contains(byte) }
        let front = text.utf8.drop(while: isSpace)
        guard let last = front.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(decoding: front[...last], as: UTF8.self)
    }
}

extension EngineError {
    /// The answer to a field of the wrong type or range.
    package static func field(_ name: String, _ expected: String) -> EngineError {
        .invalid("Field validation failed: error converting input for field \"\(name)\": expected \(expected)")
    }
}
