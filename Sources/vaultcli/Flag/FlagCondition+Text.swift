internal import Notation

extension FlagCondition {
    /// A condition in the form in which it can be typed.
    ///
    /// - Parameter condition: the condition as the API has it.
    /// - Returns: for example `country not_in US,CA`; JSON for what cannot be typed.
    static func text(_ condition: JSON) -> String {
        let isNegated = condition["negate"]?.boolValue ?? false
        if let segment = condition["segment"]?.stringValue { return (isNegated ? "!segment:" : "segment:") + segment }
        guard let attribute = condition["attribute"]?.stringValue,
            let name = condition["operator"]?.stringValue, let found = FlagOperator.named(name)
        else { return CellText.field(condition) }
        let values = condition["values"]?.arrayValue ?? []
        let sign = FlagOperator.signs.last { $0.name.bytesEqual(to: name) && $0.isNegated == isNegated }?.sign
        switch found.values {
        case .none: return "\(attribute) \(isNegated ? "not_" : "")\(name)"
        case .scalar where sign != nil && values.count == 1:
            return attribute + (sign ?? "") + word(values[0], amongOthers: false)
        case .number where sign != nil && values.count == 1:
            return "\(attribute) \(sign ?? "") \(CellText.field(values[0]))"
        default: break
        }
        return "\(attribute) \(isNegated ? "not_" : "")\(name) " + list(values, of: found)
    }

    /// Several conditions, all of which must hold.
    ///
    /// - Parameter conditions: the conditions as the API has them.
    /// - Returns: their texts with `and` between them; `always` without any.
    static func text(all conditions: [JSON]) -> String {
        conditions.isEmpty ? "always" : conditions.map(text).joined(separator: " and ")
    }

    private static func list(_ values: [JSON], of operator: FlagOperator) -> String {
        switch `operator`.values {
        case .text where values.count == 1: return plain(values[0])
        case .scalar where values.count == 1, .number where values.count == 1:
            return word(values[0], amongOthers: false)
        case .texts where !values.contains { needsQuotes($0, amongOthers: true, isScalar: false) }:
            return values.map(plain).joined(separator: ",")
        case .scalars where !values.contains { hasComma($0) }:
            return values.map { word($0, amongOthers: true) }.joined(separator: ",")
        default: return CellText.field(.array(values))
        }
    }

    /// A value as it is typed: a text that would be read as something else in quotes.
    private static func word(_ value: JSON, amongOthers: Bool) -> String {
        guard case .string(let text) = value else { return CellText.field(value) }
        return needsQuotes(value, amongOthers: amongOthers, isScalar: true)
            ? String(decoding: value.serialized(), as: UTF8.self) : text
    }

    private static func plain(_ value: JSON) -> String {
        guard case .string(let text) = value else { return CellText.field(value) }
        return text.utf8.first == UInt8(ascii: "\"") ? String(decoding: value.serialized(), as: UTF8.self) : text
    }

    private static func needsQuotes(_ value: JSON, amongOthers: Bool, isScalar: Bool) -> Bool {
        guard case .string(let text) = value else { return false }
        if amongOthers, hasComma(value) || text.isEmpty { return true }
        if !text.trimmingASCIISpace().bytesEqual(to: text) { return true }
        guard isScalar else { return false }
        // Read back as a text it is what it was; read as anything else it needs quotes.
        guard case .string(let back) = scalar(text) else { return true }
        return !back.bytesEqual(to: text)
    }

    private static func hasComma(_ value: JSON) -> Bool {
        value.stringValue?.containsByte(UInt8(ascii: ",")) ?? false
    }
}
