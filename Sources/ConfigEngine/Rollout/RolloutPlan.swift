import EngineKit
import Notation

/// A change that reaches instances step by step.
struct RolloutPlan: Sendable {
    /// The layer that the change is for.
    let layer: Layer
    /// What the layer is to say.
    let changes: [(key: String, said: LayerValue)]
    /// The steps, in order.
    let steps: [RolloutStep]
    /// The display name of the token that started it.
    let author: String

    private static let members = ["layer", "changes", "steps", "reason"]

    /// Reads what a client asks for.
    init(json: JSON, author: String) throws(ModelError) {
        let object = try ModelObject(json, path: "", allowing: Self.members)
        let layer = try object.required("layer")
        guard let known = Layer(path: try layer.text(limit: 600)) else {
            throw layer.failure(
                "must be global, env/<env>, service/<svc>, service/<svc>/env/<env> or instance/<svc>/<id>")
        }
        let changes = try object.required("changes")
        guard let members = changes.json.objectValue?.members, (1...500).contains(members.count) else {
            throw changes.failure("must be an object of 1 to 500 keys with their values")
        }
        var said: [(key: String, said: LayerValue)] = []
        for (index, member) in members.enumerated() {
            guard DocumentName.isValid(member.name) else {
                throw changes.failure("the key at position \(index) \(DocumentName.rule)")
            }
            said.append((member.name, LayerValue(said: member.value)))
        }
        let steps = try object.required("steps").elements(limit: 50)
        guard !steps.isEmpty else { throw ModelError(path: "steps", problem: "must have at least one step") }
        var read: [RolloutStep] = []
        for step in steps {
            let next = try RolloutStep(step)
            guard next.share > read.last?.share ?? 0 else {
                throw ModelError(path: "\(step.path).percent", problem: "must be above that of the step before")
            }
            read.append(next)
        }
        self.layer = known
        self.changes = said
        self.steps = read
        self.author = author
    }

    /// What the change says of a key; `nil` when it says nothing.
    func change(of key: String) -> LayerValue? { changes.first { $0.key.bytesEqual(to: key) }?.said }

    /// The plan as a document, as a client would write it.
    var json: JSONObject {
        let changes = changes.map { change in
            JSONObject.Member(name: change.key, value: change.said.value ?? LayerValue.unsetMarker)
        }
        return [
            "layer": .string(layer.text), "changes": .object(JSONObject(changes)), "steps": .array(steps.map(\.json)),
        ]
    }
}

/// One step: which share of the instances has the change, for how long at least, and what must hold before the next.
struct RolloutStep: Sendable {
    /// A bound on what instances report.
    struct Guard: Sendable {
        /// The metric's name.
        let metric: String
        /// The bound, by its JSON text, and as a number.
        let bound: (text: String, value: Double)
        /// Whether the bound is the greatest value allowed; the least otherwise.
        let isGreatest: Bool

        /// Whether a value is within the bound.
        func allows(_ value: Double) -> Bool { isGreatest ? value <= bound.value : value >= bound.value }
    }

    /// The share in thousandths of a percent.
    let share: Int
    /// For how many seconds the step is held at least.
    let hold: Int
    /// The share of the live instances in the step, in thousandths of a percent, that must have applied the change.
    let acknowledged: Int
    /// What must hold of the instances in the step; when it does not, the change is taken back.
    let guards: [Guard]
    /// After how many seconds without the next step the change is taken back; `nil` for never.
    let timeout: Int?

    fileprivate init(_ field: ModelField) throws(ModelError) {
        let object = try ModelObject(field, allowing: ["percent", "hold", "min_acknowledged", "guards", "timeout"])
        let percent = try object.required("percent")
        share = try Percentage.read(percent)
        guard share > 0 else { throw percent.failure("must be above 0") }
        hold = try object["hold"].map { field throws(ModelError) in try Self.seconds(field) } ?? 0
        acknowledged =
            try object["min_acknowledged"]
            .map { field throws(ModelError) in try Percentage.read(field) } ?? Percentage.whole
        timeout = try object["timeout"].map { field throws(ModelError) in try Self.seconds(field) }
        var guards: [Guard] = []
        for field in try object["guards"]?.elements(limit: 20) ?? [] { guards.append(try Guard(field)) }
        self.guards = guards
    }

    private static func seconds(_ field: ModelField) throws(ModelError) -> Int {
        let seconds: Int? =
            switch field.json {
            case .number(let text): Int(text)
            case .string(let text): (try? GoDuration(parsing: text)).map { Int(clamping: $0.secondsNotNone) }
            case .null, .bool, .array, .object: nil
            }
        guard let seconds, (0...31_536_000).contains(seconds) else {
            throw field.failure("must be a number of seconds or a duration such as 10m, up to a year")
        }
        return seconds
    }

    fileprivate var json: JSON {
        var object: JSONObject = [
            "percent": Percentage.json(share), "hold": .integer(hold),
            "min_acknowledged": Percentage.json(acknowledged),
        ]
        if let timeout { object["timeout"] = .integer(timeout) }
        object["guards"] = .array(
            guards.map { bound in
                ["metric": .string(bound.metric), bound.isGreatest ? "max" : "min": .number(bound.bound.text)]
            })
        return .object(object)
    }
}

extension RolloutStep.Guard {
    fileprivate init(_ field: ModelField) throws(ModelError) {
        let object = try ModelObject(field, allowing: ["metric", "max", "min"])
        metric = try object.required("metric").name()
        let (greatest, least) = (object["max"], object["min"])
        guard let bound = greatest ?? least, (greatest == nil) != (least == nil) else {
            throw field.failure("must have one of max and min")
        }
        guard case .number(let text) = bound.json, let value = Double(text) else {
            throw bound.failure("must be a number")
        }
        self.bound = (text, value)
        isGreatest = greatest != nil
    }
}
