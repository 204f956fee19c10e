import EngineKit
package import Notation

/// Something that holds for a context or does not: a test of an attribute, or membership in a segment.
package struct Condition: Sendable {
    /// What is looked at.
    package enum Subject: Sendable {
        /// An attribute, an operator and the values it compares with; the operator holds when it does for one value.
        case attribute(AttributePath, ConditionOperator, values: [JSON])
        /// A segment by name.
        case segment(String)
    }

    /// What is looked at.
    package let subject: Subject
    /// Whether the outcome is turned round. An attribute that is missing or of another type stays false all the same,
    /// except for `exists`.
    package let isNegated: Bool

    /// Makes a condition of parts that fit each other.
    package init(_ subject: Subject, isNegated: Bool = false) {
        self.subject = subject
        self.isNegated = isNegated
    }

    /// The name of the segment, when this is about one.
    package var segment: String? { if case .segment(let name) = subject { name } else { nil } }

    /// The document. `not_in` and its like are written as the plain operator with `negate`, `value` as `values`.
    package var json: JSON {
        switch subject {
        case .segment(let name): return ["segment": .string(name), "negate": .bool(isNegated)]
        case .attribute(let path, let `operator`, let values):
            var object: JSONObject = [
                "attribute": .string(path.text), "operator": .string(`operator`.rawValue),
            ]
            if `operator` != .exists { object["values"] = .array(values) }
            object["negate"] = .bool(isNegated)
            return .object(object)
        }
    }
}

extension Condition {
    /// Reads a condition and checks that the values fit the operator.
    init(_ field: ModelField) throws(ModelError) {
        let names = ["attribute", "operator", "value", "values", "negate", "segment"]
        let object = try ModelObject(field, allowing: names)
        let negates = try object.bool("negate", default: false)
        if let segment = object["segment"] {
            for name in ["attribute", "operator", "value", "values"] {
                guard let other = object[name] else { continue }
                throw other.failure("cannot stand beside segment")
            }
            self.init(.segment(try segment.name()), isNegated: negates)
            return
        }
        let path = try AttributePath(try object.required("attribute"))
        let written = try object.required("operator")
        guard let text = written.json.stringValue, let named = ConditionOperator.named(text) else {
            throw written.failure("is not a known operator")
        }
        let values = try Self.values(of: object, for: named.operator)
        _ = try ConditionTest(named.operator, values: values)
        guard !path.isTime || [.before, .after, .exists].contains(named.operator) else {
            throw written.failure("must be before or after for \(AttributePath.timeName)")
        }
        self.init(
            .attribute(path, named.operator, values: values.fields.map(\.json)),
            isNegated: named.isNegated != negates)
    }

    private static func values(
        of object: ModelObject, for operator: ConditionOperator
    ) throws(ModelError) -> ConditionValues {
        let (single, several) = (object["value"], object["values"])
        if let single {
            if let several { throw several.failure("cannot stand beside value") }
            return ConditionValues(fields: [single], path: single.path)
        }
        guard let several else { return ConditionValues(fields: [], path: object.path(of: "values")) }
        return ConditionValues(
            fields: try several.elements(limit: ModelLimits.conditionValues), path: several.path)
    }
}

/// The values of a condition with the places they stand at, for errors.
struct ConditionValues {
    /// The values.
    let fields: [ModelField]
    /// Where the list stands.
    let path: String

    /// The error of the list as a whole.
    func failure(_ problem: String) -> ModelError { ModelError(path: path, problem: problem) }
}
