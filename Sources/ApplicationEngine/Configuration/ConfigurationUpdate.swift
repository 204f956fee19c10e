import EngineKit
import Notation

/// The body of a request to write a value.
struct ConfigurationUpdate {
    /// The members it may have.
    static let members = [
        "value", "environment", "valueType", "description", "isSensitive", "isDynamic", "version", "reason",
    ]

    /// The value; `null` is one.
    let value: JSON
    /// Where; `nil` for everywhere.
    let environment: String?
    /// The version that must be there; 0 for none, `nil` for any.
    let version: Int?
    /// Why.
    let reason: String
    private let type: String?
    /// Whether the type is said to be JSON, which is two types of `config/`.
    private let isJSON: Bool
    private let description: String?
    private let isSensitive: Bool?
    private let isDynamic: Bool?

    /// Reads a body.
    ///
    /// - Parameter value: the value, which a body's reading would take for absent when it is `null`.
    init(_ body: ModelObject, value: JSON?) throws(ModelError) {
        guard let value else { throw ModelError(path: "value", problem: "is missing") }
        self.value = value
        environment = try body["environment"]?.name()
        version = try body["version"]?.integer(in: 0...Int(Int32.max))
        reason = try body.text("reason", limit: 1_024)
        if let field = body["valueType"] {
            guard let type = ValueType.type(try field.text(limit: 32), for: value) else {
                throw field.failure("must be one of \(ValueType.known.joined(separator: ", "))")
            }
            self.type = type
            isJSON = ValueType.isJSON(field.json)
        } else {
            type = nil
            isJSON = false
        }
        description = try body["description"]?.text(limit: 4_096)
        isSensitive = try body["isSensitive"]?.bool()
        isDynamic = try body["isDynamic"]?.bool()
    }

    /// Refuses a value that is said to be JSON and has a type of its own, which the key would have ever after.
    func check() throws(EngineError) {
        switch value {
        case .object, .array: return
        case .null, .bool, .number, .string:
            guard isJSON else { return }
            throw .mismatch(
                .schema, ["valueType: json is a list or an object; any other value has a type of its own"])
        }
    }

    /// What is to be said of the key with the value; empty for nothing.
    ///
    /// What the key is already is not said again, since it asks for a right of its own.
    func key(_ present: Finding) -> JSONObject {
        var key = JSONObject()
        if let type { key["type"] = .string(type) }
        if let description { key["description"] = .string(description) }
        if let isSensitive { key["sensitive"] = .bool(isSensitive) }
        if let isDynamic { key["reload"] = Self.reload(isDynamic) }
        switch present {
        case .hidden: return key
        case .absent:
            if type == nil { key["type"] = .string(ValueType.inferred(from: value)) }
            // Unless it is said to be taken up at once, a new value waits for a restart.
            if isDynamic == nil { key["reload"] = Self.reload(false) }
            return key
        case .found(let definition):
            // A list and an object are both JSON: which of them the key takes is what it says of itself.
            if isJSON, ValueType.isJSON(.string(ValueType.word(definition["type"]?.stringValue ?? ""))) {
                key["type"] = nil
            }
            return JSONObject(
                key.members.filter { member in
                    !(definition[member.name]?.isIdentical(to: member.value) ?? false)
                })
        }
    }

    private static func reload(_ isDynamic: Bool) -> JSON { isDynamic ? "dynamic" : "static" }
}
