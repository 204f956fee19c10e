import EngineKit
package import Notation

/// Something that must be so before a ramp goes on to its next step.
package enum RampGate: Sendable {
    /// This instant has come.
    case time(Timestamp)
    /// So many different people have approved since the step began.
    case approval(count: Int)
    /// So many evaluations have been recorded since the step began.
    case sample(minimum: Int)
    /// A metric stays within a bound; beyond it the ramp stops at once, whatever else holds.
    case `guard`(Guard)

    /// A bound of a metric.
    package struct Guard: Sendable {
        /// What a breach does.
        package enum Breach: String, CaseIterable, Sendable {
            /// The ramp waits for someone to resume it.
            case pause
            /// The ramp is over; what it changed is for the caller to take back.
            case abort
        }

        /// The metric's name.
        package let metric: String
        /// The greatest value allowed, as written.
        package let max: JSON?
        /// The least value allowed, as written.
        package let min: JSON?
        /// What a breach does.
        package let onBreach: Breach

        /// Whether a value is within the bound.
        package func allows(_ value: Double) -> Bool {
            if let max = max?.doubleValue, !(value <= max) { return false }
            if let min = min?.doubleValue, !(value >= min) { return false }
            return true
        }
    }

    /// The document.
    package var json: JSON {
        switch self {
        case .time(let instant): return ["kind": "time", "at": .string(instant.description)]
        case .approval(let count): return ["kind": "approval", "approvals": .integer(count)]
        case .sample(let minimum): return ["kind": "sample", "minimum": .integer(minimum)]
        case .guard(let bound):
            var object: JSONObject = ["kind": "guard", "metric": .string(bound.metric)]
            if let max = bound.max { object["max"] = max }
            if let min = bound.min { object["min"] = min }
            object["on_breach"] = .string(bound.onBreach.rawValue)
            return .object(object)
        }
    }
}

extension RampGate {
    private enum Kind: String, CaseIterable {
        case time, approval, sample, `guard`
    }

    init(_ field: ModelField) throws(ModelError) {
        let names = ["kind", "at", "approvals", "minimum", "metric", "max", "min", "on_breach"]
        let kind: Kind = try ModelObject(field, allowing: names).required("kind").word()
        switch kind {
        case .time:
            self = .time(try ModelObject(field, allowing: ["kind", "at"]).required("at").instant())
        case .approval:
            let object = try ModelObject(field, allowing: ["kind", "approvals"])
            self = .approval(count: try object["approvals"]?.integer(in: 1...100) ?? 1)
        case .sample:
            let object = try ModelObject(field, allowing: ["kind", "minimum"])
            self = .sample(minimum: try object.required("minimum").integer(in: 1...1_000_000_000))
        case .guard:
            self = .guard(try Guard(try ModelObject(field, allowing: ["kind", "metric", "max", "min", "on_breach"])))
        }
    }
}

extension RampGate.Guard {
    fileprivate init(_ object: ModelObject) throws(ModelError) {
        metric = try object.required("metric").name()
        max = try object["max"].map { field throws(ModelError) in try Self.number(field) }
        min = try object["min"].map { field throws(ModelError) in try Self.number(field) }
        guard max != nil || min != nil else {
            throw ModelError(path: object.path, problem: "must have max or min")
        }
        onBreach = try object["on_breach"]?.word() ?? .pause
    }

    private static func number(_ field: ModelField) throws(ModelError) -> JSON {
        guard field.json.doubleValue != nil else { throw field.failure("must be a number") }
        return field.json
    }
}
