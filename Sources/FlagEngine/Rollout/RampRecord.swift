import EngineKit
import Notation

/// A ramp with what it needs to go on and to be taken back.
struct RampRecord: Sendable {
    /// What has been tracked of a metric since the step began.
    struct Metric: Sendable {
        /// The metric's name: that of tracked events.
        let name: String
        var count = 0
        var sum = 0.0

        /// The mean of the values.
        var mean: Double? { count > 0 ? sum / Double(count) : nil }
    }

    /// The steps.
    let plan: RampPlan
    /// How far it has come.
    var state: RampState
    /// What the fallthrough served before the ramp.
    let before: JSON
    /// The display name of the token that began it.
    let author: String
    /// When it began.
    let started: Timestamp
    /// The number of the newest exposure when the step began.
    var exposuresBefore: UInt64
    /// The number of the newest batch of tracked events that was looked at.
    var tracked: UInt64
    /// The metrics that guards of the step ask for.
    var metrics: [Metric] = []

    /// What has been seen since the step began.
    ///
    /// - Parameter newestExposure: the number of the newest exposure.
    func observations(newestExposure: UInt64) -> RampObservations {
        let samples = newestExposure > exposuresBefore ? Int(clamping: newestExposure - exposuresBefore) : 0
        var observations = RampObservations(sampleCount: samples)
        for metric in metrics { if let mean = metric.mean { observations.metrics[metric.name] = mean } }
        return observations
    }

    /// The present step; `nil` when the record does not fit its plan.
    var step: RampPlan.Step? { plan.steps.indices.contains(state.step) ? plan.steps[state.step] : nil }

    /// The metrics that the present step's guards ask for.
    var guardedMetrics: [String] {
        (step?.gates ?? []).compactMap { gate in
            if case .guard(let bound) = gate { bound.metric } else { nil }
        }
    }

    /// Whether something else than the time can let the step end.
    var isWatched: Bool {
        (step?.gates ?? []).contains { gate in
            switch gate {
            case .sample, .guard: true
            case .time, .approval: false
            }
        }
    }

    /// The record's JSON: `p` plan, `s` state, `b` before, `a` author, `t` started, `e` exposures before, `n` tracked,
    /// `m` metrics.
    var encoded: [UInt8] {
        let metrics = self.metrics.map { metric in
            JSONObject.Member(name: metric.name, value: [.integer(metric.count), .number("\(metric.sum)")])
        }
        return JSON.object([
            "p": plan.json, "s": state.json, "b": before, "a": .string(author), "t": .string(started.description),
            "e": .integer(exposuresBefore), "n": .integer(tracked), "m": .object(JSONObject(metrics)),
        ]).serialized()
    }

    /// A ramp that begins.
    init(
        plan: RampPlan, before: JSON, author: String, now: Timestamp, exposuresBefore: UInt64, tracked: UInt64
    ) {
        self.plan = plan
        state = RampState(startingAt: now)
        self.before = before
        self.author = author
        started = now
        self.exposuresBefore = exposuresBefore
        self.tracked = tracked
    }

    /// Reads a record back.
    init(decoding bytes: [UInt8]) throws(EngineError) {
        let unreadable = EngineError.internalError("a ramp cannot be read")
        guard let json = try? JSON(parsing: bytes, limits: .stored), let plan = json["p"], let state = json["s"],
            let before = json["b"], let started = json["t"]?.stringValue.flatMap({ Timestamp(parsing: $0) })
        else { throw unreadable }
        do throws(ModelError) {
            self.plan = try RampPlan(json: plan)
            self.state = try RampState(json: state)
        } catch {
            throw unreadable
        }
        self.before = before
        self.started = started
        author = json["a"]?.stringValue ?? ""
        exposuresBefore = UInt64(clamping: json["e"]?.intValue ?? 0)
        tracked = UInt64(clamping: json["n"]?.intValue ?? 0)
        metrics = (json["m"]?.objectValue?.members ?? []).map { member in
            let numbers = member.value.arrayValue ?? []
            return Metric(
                name: member.name, count: numbers.first?.intValue ?? 0, sum: numbers.last?.doubleValue ?? 0)
        }
    }

    /// The record's key.
    static func key(_ realm: Realm, _ environment: [UInt8], _ flag: [UInt8]) -> StoreKey {
        StoreKey(realm, FlagRecords.ramps, FlagScope.path(environment, flag))
    }
}
