package import EngineKit
package import Notation

/// How a variation is to reach everyone: step by step, each wider than the one before.
package struct RampPlan: Sendable {
    /// One step.
    package struct Step: Sendable {
        /// How many get the variation, in thousandths of a percent.
        package let weight: Int
        /// How long the step lasts at least, in seconds.
        package let hold: Int
        /// What must be so before the next step.
        package let gates: [RampGate]

        /// Makes a step.
        package init(weight: Int, hold: Int, gates: [RampGate] = []) {
            self.weight = weight
            self.hold = hold
            self.gates = gates
        }

        /// The document.
        package var json: JSON {
            ["percent": Percentage.json(weight), "hold": .integer(hold), "gates": .array(gates.map(\.json))]
        }
    }

    /// The longest that a step may last, in seconds: 365 days.
    package static let greatestHold = 31_536_000

    /// The steps.
    package let steps: [Step]
    /// The variation that spreads.
    package let targetVariation: String

    /// Makes a plan.
    package init(steps: [Step], targetVariation: String) {
        self.steps = steps
        self.targetVariation = targetVariation
    }

    /// Reads a plan.
    ///
    /// - Parameters:
    ///   - json: The document; `hold` is a number of seconds or a duration such as `1h30m`.
    ///   - definition: What the flag is, or `nil` for a plan that was checked before it was stored.
    ///   - path: Where it stands in a larger document.
    /// - Throws: ``ModelError`` with the first field that is wrong.
    package init(json: JSON, definition: FlagDefinition? = nil, path: String = "") throws(ModelError) {
        let object = try ModelObject(json, path: path, allowing: ["steps", "target_variation"])
        let target = try object.required("target_variation")
        targetVariation = try target.name()
        if let definition, definition.index(ofVariation: targetVariation) == nil {
            throw target.failure("is not a variation of the flag")
        }
        let fields = try object.required("steps").elements(limit: ModelLimits.rampSteps)
        guard !fields.isEmpty else {
            throw ModelError(path: object.path(of: "steps"), problem: "must have at least one element")
        }
        var steps: [Step] = []
        for field in fields { steps.append(try Self.step(field, after: steps.last?.weight ?? 0)) }
        self.steps = steps
    }

    /// The document.
    package var json: JSON {
        ["steps": .array(steps.map(\.json)), "target_variation": .string(targetVariation)]
    }

    private static func step(_ field: ModelField, after weight: Int) throws(ModelError) -> Step {
        let object = try ModelObject(field, allowing: ["percent", "hold", "gates"])
        let percent = try object.required("percent")
        let next = try Percentage.read(percent)
        guard next > weight else { throw percent.failure("must be more than the percentage before it") }
        var gates: [RampGate] = []
        for gate in try object.elements("gates", limit: ModelLimits.rampGates) { gates.append(try RampGate(gate)) }
        let hold = try object["hold"].map { field throws(ModelError) in try Self.seconds(field) }
        return Step(weight: next, hold: hold ?? 0, gates: gates)
    }

    private static func seconds(_ field: ModelField) throws(ModelError) -> Int {
        var seconds = field.json.intValue
        // The reason does not matter: text that is no duration is refused below.
        if let text = field.json.stringValue {
            seconds = (try? GoDuration(parsing: text)).map { Int($0.secondsNotNone) }
        }
        guard let seconds, (0...greatestHold).contains(seconds) else {
            throw field.failure("must be a duration of 0 to \(greatestHold) seconds")
        }
        return seconds
    }
}
