extension JSON {
    /// What a JSON value is, without the value.
    package enum Kind: Hashable, Sendable {
        case null, boolean, number, string, array, object
    }

    /// What this value is.
    package var kind: Kind {
        switch self {
        case .null: .null
        case .bool: .boolean
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}

extension JSONToken {
    /// What the value is that this token is or opens; `nil` for a name and for the end of a container.
    var valueKind: JSON.Kind? {
        switch kind {
        case .null: .null
        case .boolean: .boolean
        case .number: .number
        case .string: .string
        case .arrayStart: .array
        case .objectStart: .object
        case .name, .arrayEnd, .objectEnd: nil
        }
    }
}

extension JSON {
    /// The number as the nearest `Double`, when this is a number and that is finite.
    package var doubleValue: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Makes a JSON number from a `Double`, or `nil` for infinities and NaN, which JSON does not have.
    package static func double(_ value: Double) -> JSON? { value.isFinite ? .number("\(value)") : nil }
}
