internal import Notation

/// Conditions of rules and segments as people write them on a command line.
///
/// `attribute=value`, `attribute!=value`, `attribute > 3`, `attribute WORD value` with a word of the API such as `in`,
/// `not_in` or `starts_with`, `attribute exists`, `segment:NAME` and `!segment:NAME`.
enum FlagCondition {
    /// The forms, for help texts.
    static let help = """
        Condition: attribute=value, attribute!=value, 'attribute in a,b', 'attribute not_in a,b', 'attribute > 3', \
        'attribute starts_with x', 'attribute exists', segment:NAME or !segment:NAME; may be repeated, and then all \
        must hold.
        """

    /// Reads a condition.
    ///
    /// - Parameter text: one of the forms.
    /// - Returns: the condition as the API takes it.
    /// - Throws: ``Failure`` with status 1 that says what is wrong.
    static func parse(_ text: String) throws(Failure) -> JSON {
        let text = text.trimmingASCIISpace()
        for (prefix, isNegated) in [("segment:", false), ("!segment:", true)] where text.hasBytePrefix(prefix) {
            let name = String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
            guard FlagNames.isValid(name) else { throw .usage("-if: a segment's name must follow \(prefix)") }
            return condition(["segment": .string(name)], isNegated)
        }
        let attribute = Array(text.utf8.prefix { !isBlank($0) && !"=!<>".utf8.contains($0) })
        guard !attribute.isEmpty else { throw .usage("-if: a condition begins with an attribute or segment:NAME") }
        let rest = String(decoding: text.utf8.dropFirst(attribute.count).drop(while: isBlank), as: UTF8.self)
        let (`operator`, isNegated, value) = try operation(rest)
        var object: JSONObject = [
            "attribute": .string(String(decoding: attribute, as: UTF8.self)), "operator": .string(`operator`.name),
        ]
        if let values = try values(value, for: `operator`) { object["values"] = .array(values) }
        return condition(object, isNegated)
    }

    /// Reads several conditions.
    ///
    /// - Parameter texts: one condition each.
    /// - Returns: the conditions as the API takes them.
    /// - Throws: ``Failure`` with status 1 for the first that is wrong.
    static func parse(_ texts: [String]) throws(Failure) -> [JSON] {
        var result: [JSON] = []
        for text in texts { result.append(try parse(text)) }
        return result
    }

    /// Takes the operator off what follows the attribute.
    private static func operation(
        _ rest: String
    ) throws(Failure) -> (operator: FlagOperator, isNegated: Bool, value: String) {
        for (sign, name, isNegated) in FlagOperator.signs where rest.hasBytePrefix(sign) {
            guard let found = FlagOperator.named(name) else { continue }
            return (found, isNegated, String(decoding: rest.utf8.dropFirst(sign.utf8.count), as: UTF8.self))
        }
        var (word, value) = firstWord(rest)
        // `not in` reads as well as `not_in`.
        if word.bytesEqual(to: "not") {
            let (second, other) = firstWord(value)
            (word, value) = ("not_" + second, other)
        }
        guard let (found, isNegated) = FlagOperator.word(word) else {
            throw .usage(
                "-if: the attribute must be followed by =, !=, <, <=, >, >=, or one of "
                    + FlagOperator.all.map(\.name).joined(separator: ", ") + ", each also with not_ before it")
        }
        return (found, isNegated, value)
    }

    private static func values(_ text: String, for operator: FlagOperator) throws(Failure) -> [JSON]? {
        let text = text.trimmingASCIISpace()
        let takesEmptyText = `operator`.name.bytesEqual(to: "equals")
        if case .none = `operator`.values {
            guard text.isEmpty else { throw .usage("-if: \(`operator`.name) takes no value") }
            return nil
        }
        guard !text.isEmpty || takesEmptyText else { throw .usage("-if: \(`operator`.name) needs a value") }
        switch `operator`.values {
        case .none: return nil
        case .scalar: return [scalar(text)]
        case .text: return [asText(text)]
        case .number:
            guard case .number = scalar(text) else { throw .usage("-if: \(`operator`.name) needs a number") }
            return [scalar(text)]
        case .scalars:
            return list(text) ?? text.bytesSplit(on: UInt8(ascii: ",")).map { scalar($0.trimmingASCIISpace()) }
        case .texts: return list(text) ?? text.bytesSplit(on: UInt8(ascii: ",")).map { asText($0.trimmingASCIISpace()) }
        }
    }

    /// A JSON scalar, or the text itself where it is none.
    ///
    /// - Parameter text: as typed.
    /// - Returns: `true`, `3` and `"3"` as JSON has them; anything else as a text.
    static func scalar(_ text: String) -> JSON {
        // What is no JSON is a text, so the parser's reason does not matter.
        guard let json = try? JSON(parsing: text), json.arrayValue == nil, json.objectValue == nil else {
            return .string(text)
        }
        return json
    }

    private static func asText(_ text: String) -> JSON {
        if case .string(let inner) = scalar(text) { return .string(inner) }
        return .string(text)
    }

    private static func list(_ text: String) -> [JSON]? {
        // As above: what is no JSON array is words between commas.
        (try? JSON(parsing: text))?.arrayValue
    }

    private static func condition(_ object: JSONObject, _ isNegated: Bool) -> JSON {
        var object = object
        if isNegated { object["negate"] = true }
        return .object(object)
    }

    private static func firstWord(_ text: String) -> (word: String, rest: String) {
        let word = text.utf8.prefix { !isBlank($0) }
        let rest = text.utf8.dropFirst(word.count).drop(while: isBlank)
        return (String(decoding: word, as: UTF8.self), String(decoding: rest, as: UTF8.self))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
