package import EngineKit
package import Notation

/// A condition of a targeting rule, `{attribute, operator, value | values}` or `{segment, negate?}`, and the same in
/// the words of `flags/`.
package enum TargetingCondition {
    /// The members it may have.
    package static let members = ["attribute", "operator", "value", "values", "segment", "negate"]

    /// The condition of `flags/`.
    package static func engine(_ object: ModelObject) throws(ModelError) -> JSON {
        if let segment = object["segment"] {
            for name in ["attribute", "operator", "value", "values"] {
                guard let other = object[name] else { continue }
                throw other.failure("cannot stand beside segment")
            }
            return [
                "segment": .string(try segment.name()), "negate": .bool(try object.bool("negate", default: false)),
            ]
        }
        if let negate = object["negate"] { throw negate.failure("stands beside segment only") }
        let attribute = try object.required("attribute").text(limit: 256, isRequired: true)
        let written = try object.required("operator")
        guard let named = TargetingOperator.engine(try written.text(limit: 64)) else {
            throw written.failure(TargetingOperator.rule)
        }
        var condition: JSONObject = [
            "attribute": .string(attribute), "operator": .string(named.name), "negate": .bool(named.isNegated),
        ]
        if let value = object["value"] {
            if let several = object["values"] { throw several.failure("cannot stand beside value") }
            condition["value"] = value.json
        } else if let values = object["values"] {
            condition["values"] = .array(try values.array(limit: 10_000))
        }
        return .object(condition)
    }

    /// The condition in the words of this door.
    package static func own(_ condition: JSON) -> JSONObject {
        let isNegated = condition["negate"]?.boolValue ?? false
        if let segment = condition["segment"] { return ["segment": segment, "negate": .bool(isNegated)] }
        let name = condition["operator"]?.stringValue ?? ""
        var own: JSONObject = [
            "attribute": condition["attribute"] ?? "",
            "operator": .string(TargetingOperator.word(name, isNegated: isNegated)),
        ]
        guard let values = condition["values"]?.arrayValue else { return own }
        if values.count == 1, let only = values.first, !name.bytesEqual(to: "in") {
            own["value"] = only
        } else {
            own["values"] = .array(values)
        }
        return own
    }
}
