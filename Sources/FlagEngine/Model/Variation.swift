import EngineKit
package import Notation

/// One of the values a flag can have, under a name.
package struct Variation: Sendable {
    /// The name.
    package let name: String
    /// The value; numbers keep the text they were written with.
    package let value: JSON

    /// Makes a variation of a value that fits its flag's type.
    package init(name: String, value: JSON) {
        self.name = name
        self.value = value
    }

    /// Reads a value for a flag of a type.
    ///
    /// - Throws: ``ModelError`` when the value does not fit the type or is too large.
    init(name: String, value field: ModelField, type: FlagType) throws(ModelError) {
        self.name = name
        switch type {
        case .boolean: self.value = .bool(try field.bool())
        case .string: self.value = .string(try field.text(limit: ModelLimits.stringValueBytes))
        case .integer: self.value = try Self.integer(field)
        case .float: self.value = try Self.float(field)
        case .object: self.value = try Self.object(field)
        }
    }

    private static func integer(_ field: ModelField) throws(ModelError) -> JSON {
        guard case .number(let text) = field.json, Int64(text) != nil else {
            throw field.failure("must be an integer of 64 bits, written without a fraction")
        }
        return field.json
    }

    // A client that reads `1` into a typed integer refuses it for a float flag, so a fraction is always written.
    private static func float(_ field: ModelField) throws(ModelError) -> JSON {
        guard case .number(let text) = field.json, let value = Double(text), value.isFinite else {
            throw field.failure("must be a number within the range of a double")
        }
        let isPlain = text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
        return isPlain ? .number(text + ".0") : field.json
    }

    private static func object(_ field: ModelField) throws(ModelError) -> JSON {
        guard case .object = field.json else { throw field.failure("must be an object") }
        guard field.json.isNested(within: ModelLimits.objectValueDepth) else {
            throw field.failure("must be nested at most \(ModelLimits.objectValueDepth) levels deep")
        }
        guard field.json.serialized().count <= ModelLimits.objectValueBytes else {
            throw field.failure("must have at most \(ModelLimits.objectValueBytes) bytes as JSON")
        }
        return field.json
    }
}

extension JSON {
    /// Whether no more than a number of arrays and objects are open at once; it looks no deeper than that.
    func isNested(within depth: Int) -> Bool {
        switch self {
        case .array(let elements): depth > 0 && elements.allSatisfy { $0.isNested(within: depth - 1) }
        case .object(let object): depth > 0 && object.members.allSatisfy { $0.value.isNested(within: depth - 1) }
        default: true
        }
    }
}
