import EngineKit
import Notation

/// The values of `equals` and `in`, by type: a text only equals a text, a number a number, a boolean a boolean.
struct ScalarValues: Sendable {
    private let texts: KeyTable
    private let integers: Set<Int64>
    // Numbers that are no integer of 64 bits as they are written.
    private let decimals: [[UInt8]]
    // Every number's text, for attributes that are no integer as they are written.
    private let numbers: [[UInt8]]
    private let hasTrue: Bool
    private let hasFalse: Bool

    /// Takes values.
    ///
    /// - Throws: ``ModelError`` when one is `null`, an array, an object or too long a text.
    init(_ values: ConditionValues) throws(ModelError) {
        var texts: [String] = []
        var integers: Set<Int64> = []
        var (decimals, numbers): ([[UInt8]], [[UInt8]]) = ([], [])
        var (hasTrue, hasFalse) = (false, false)
        for field in values.fields {
            switch field.json {
            case .string: texts.append(try field.text(limit: ModelLimits.conditionValueBytes))
            case .number(let text):
                numbers.append(Array(text.utf8))
                if let integer = Int64(text) { integers.insert(integer) } else { decimals.append(Array(text.utf8)) }
            case .bool(let value):
                if value { hasTrue = true } else { hasFalse = true }
            case .null, .array, .object: throw field.failure("must be a string, a number or a boolean")
            }
        }
        self.texts = KeyTable(texts)
        self.integers = integers
        self.decimals = decimals
        self.numbers = numbers
        self.hasTrue = hasTrue
        self.hasFalse = hasFalse
    }

    /// Whether a text is among the values; `nil` when no value is a text.
    func contains(text: Span<UInt8>) -> Bool? {
        texts.isEmpty ? nil : texts.index(of: text) != nil
    }

    /// Whether a number is among the values; `nil` when no value is a number.
    func contains(number text: Span<UInt8>, integer: Int64?) -> Bool? {
        if numbers.isEmpty { return nil }
        if let integer, integers.contains(integer) { return true }
        let number = NumberText(text)
        for candidate in integer == nil ? numbers : decimals
        where NumberText.compare(NumberText(candidate.span), number) == 0 {
            return true
        }
        return false
    }

    /// Whether a boolean is among the values; `nil` when no value is a boolean.
    func contains(_ value: Bool) -> Bool? {
        hasTrue || hasFalse ? (value ? hasTrue : hasFalse) : nil
    }
}
