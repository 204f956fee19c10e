import EngineKit
import Notation

/// A flag's ramp within one transaction: what is known of it, and the one way in which it moves.
struct RampProgress {
    /// How many batches of tracked events are looked at in one go.
    private static let batchesInOneGo = 50

    let engine: FeatureFlagEngine
    let scope: FlagScope
    let environment: [UInt8]
    let flag: [UInt8]
    /// The ramp as it is now.
    var record: RampRecord
    private let stored: [UInt8]?

    /// The ramp of the flag that a request names.
    ///
    /// - Throws: `EngineError.notFound` when it has none.
    init(_ engine: FeatureFlagEngine, _ scope: FlagScope) throws(EngineError) {
        self.engine = engine
        self.scope = scope
        environment = try scope.environment().name
        flag = try scope.name("flag")
        let key = RampRecord.key(scope.request.mount.realm, environment, flag)
        guard let bytes = try scope.transaction.get(key) else { throw .notFound }
        stored = bytes
        record = try RampRecord(decoding: bytes)
    }

    /// A ramp that begins.
    init(_ engine: FeatureFlagEngine, _ change: StateChange, _ plan: RampPlan, before: Serve) throws(EngineError) {
        self.engine = engine
        scope = change.scope
        environment = change.environment
        flag = change.key
        stored = nil
        record = RampRecord(
            plan: plan, before: before.json, author: scope.request.caller.displayName, now: scope.request.now,
            exposuresBefore: 0, tracked: 0)
        try beginObserving()
    }

    private var now: Timestamp { scope.request.now }

    // MARK: what has been seen

    /// Where people are recorded who were given a variation; `nil` without a state.
    private func exposures() throws(EngineError) -> ExposureLog? { try scope.exposures(environment, flag) }

    /// The number of the newest exposure; 0 before the first.
    private func newestExposure() throws(EngineError) -> UInt64 { try exposures()?.head().newest ?? 0 }

    private var tracked: TrackLog {
        TrackLog(realm: scope.request.mount.realm, environment: environment, transaction: scope.transaction)
    }

    private mutating func beginObserving() throws(EngineError) {
        record.exposuresBefore = try newestExposure()
        record.tracked = try tracked.head().newest
        record.metrics = record.guardedMetrics.map { RampRecord.Metric(name: $0) }
    }

    // Adds what was tracked of people who have the variation that spreads; what others did says nothing about it.
    private mutating func observe() throws(EngineError) {
        guard !record.metrics.isEmpty, let exposures = try exposures() else { return }
        let pages = try tracked.page(after: record.tracked, limit: Self.batchesInOneGo)
        guard let last = pages.last else { return }
        let names = record.metrics.map { Array($0.name.utf8) }
        let events = pages.flatMap(\.events).filter { names.contains(Array($0.event.utf8)) }
        let assignments = try exposures.assignments(of: events.map(\.targetingKey))
        for (event, assignment) in zip(events, assignments) {
            guard let assignment, assignment.variation.bytesEqual(to: record.plan.targetVariation),
                let place = names.firstIndex(of: Array(event.event.utf8))
            else { continue }
            record.metrics[place].count += 1
            record.metrics[place].sum += event.value
        }
        record.tracked = last.number
    }

    // MARK: how it moves

    /// Lets the ramp go on as far as it may, at most by a step.
    mutating func proceed() throws(EngineError) {
        if let hindrance = try hindrance() {
            try? record.state.pause(now: now, reason: hindrance)
            return try settle(nil)
        }
        try observe()
        let observed = record.observations(newestExposure: try newestExposure())
        let step = record.state.step
        let advance = record.state.advance(record.plan, now: now, observed: observed)
        if record.state.phase == .aborted { try takeBack() }
        if record.state.step != step { try beginObserving() }
        try settle(advance)
    }

    /// Goes to the next step, whatever the gates say.
    mutating func skip() throws(EngineError) {
        if let hindrance = try hindrance() { throw .invalid("the ramp cannot go on: \(hindrance)") }
        let advance: RampAdvance
        do throws(RampError) {
            advance = try record.state.skip(record.plan, now: now)
        } catch {
            throw .invalid("\(error)")
        }
        try beginObserving()
        try settle(advance)
    }

    /// Puts the fallthrough back as it was before the ramp.
    mutating func takeBack() throws(EngineError) {
        guard let present = try scope.state(environment, flag) else { return }
        var content = present.content
        content["fallthrough"] = record.before
        let reason = "the ramp to \(record.plan.targetVariation) was aborted"
        try write("ramp abort", reason) { change throws(EngineError) in
            try EngineError.model { () throws(ModelError) in
                try FlagState(json: .object(content), definition: change.definition)
            }
        }
    }

    /// Puts what was decided in force: the share of the variation, the record, the agenda.
    mutating func settle(_ advance: RampAdvance?) throws(EngineError) {
        if let weight = advance?.weight { try widen(to: weight) }
        let realm = scope.request.mount.realm
        let encoded = record.encoded
        if encoded != stored { scope.transaction.put(RampRecord.key(realm, environment, flag), encoded) }
        var agenda = try Agenda(realm, scope.transaction)
        let isWatched = record.isWatched
        let due = advance?.due ?? (isWatched ? now.adding(seconds: RampPlan.greatestHold) : nil)
        guard record.state.phase == .running || record.state.phase == .waiting, let due else {
            return agenda.remove(AgendaItem(.ramp, environment, flag, due: now))
        }
        let item = AgendaItem(.ramp, environment, flag, due: due, isWatched: isWatched)
        // A watched ramp without news keeps its item, so that a look at it writes nothing.
        let known = agenda.items.first { $0.isSameWork(as: item) }
        if let known, known.isWatched, isWatched, advance?.due == nil { return }
        if known != item { try agenda.set(item) }
    }

    private func widen(to weight: Int) throws(EngineError) {
        let variation = record.plan.targetVariation
        guard let present = try scope.state(environment, flag)?.state() else { return }
        let widened = present.widened(variation, to: weight)
        guard widened.fallThrough.json.serialized() != present.fallThrough.json.serialized() else { return }
        let step = "step \(record.state.step + 1) of \(record.plan.steps.count)"
        try write("ramp", "\(Percentage.text(weight)) percent get \(variation): \(step)") { _ in widened }
    }

    private func write(
        _ action: String, _ reason: String, _ state: (StateChange) throws(EngineError) -> FlagState
    ) throws(EngineError) {
        let author = ChangeAuthor(name: record.author, reason: reason)
        let change = try StateChange(FlagScope(scope.request, scope.transaction, author: author), isGuarded: false)
        _ = try engine.put(try state(change), change, action: action)
    }

    /// Why the ramp cannot go on; `nil` when it can.
    private func hindrance() throws(EngineError) -> String? {
        guard let definition = try scope.documents.current(.definition, flag), !definition.isDeleted else {
            return "the flag is archived"
        }
        guard let document = try scope.state(environment, flag) else { return "the flag has no state here any more" }
        if document.killed != nil { return "the flag is killed" }
        if try !document.state().isOn { return "the flag is off" }
        let target = record.plan.targetVariation
        if try definition.definition().index(ofVariation: target) == nil { return "the variation is gone" }
        return nil
    }

    // MARK: what is told

    /// The ramp as answers show it.
    func data() throws(EngineError) -> JSONObject {
        let observed = record.observations(newestExposure: try newestExposure())
        // Asked of a copy: telling changes nothing.
        var state = record.state
        let advance = state.advance(record.plan, now: now, observed: observed)
        let metrics = record.metrics.map { metric in
            JSONObject.Member(
                name: metric.name,
                value: [
                    "count": .integer(metric.count),
                    "mean": metric.mean.map { .number("\($0)") } ?? .null,
                ])
        }
        return [
            "environment": .string(String(decoding: environment, as: UTF8.self)),
            "flag": .string(String(decoding: flag, as: UTF8.self)),
            "target_variation": .string(record.plan.targetVariation),
            "steps": .array(record.plan.steps.map(\.json)), "phase": .string(record.state.phase.rawValue),
            "step": .integer(record.state.step), "percent": record.step.map { Percentage.json($0.weight) } ?? .null,
            "step_started": .string(record.state.stepStarted.description),
            "due": advance.due.map { .string($0.description) } ?? .null,
            "waiting_for": .array(advance.waitingFor.map(\.json)),
            "approvals": .strings(record.state.approvals), "reason": .string(record.state.reason),
            "samples": .integer(observed.sampleCount), "metrics": .object(JSONObject(metrics)),
            "started_by": .string(record.author), "started_time": .string(record.started.description),
        ]
    }
}
