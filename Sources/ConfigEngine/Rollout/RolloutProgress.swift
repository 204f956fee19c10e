import EngineKit
import Notation

/// Takes a rollout on: to its next step, to its end, or back.
struct RolloutProgress {
    let engine: ConfigurationEngine
    let scope: ConfigScope
    private(set) var rollout: Rollout
    private var document: StoredDocument?

    /// Looks at a rollout.
    init(
        _ engine: ConfigurationEngine, _ scope: ConfigScope, _ rollout: Rollout, _ document: StoredDocument?
    ) {
        self.engine = engine
        self.scope = scope
        self.rollout = rollout
        self.document = document
    }

    /// Begins with the first step.
    mutating func start() throws(EngineError) {
        for (key, said) in rollout.plan.changes {
            let change = try ValueChange(engine, scope, rollout.plan.layer, key)
            guard let definition = try scope.definition(key) else { throw .invalid("there is no key \"\(key)\"") }
            guard !definition.isSensitive else {
                throw .invalid("\"\(key)\" is sensitive: roll out a reference to a secret's new version instead")
            }
            try change.refuseIfBusy()
            try change.checkByItself(said, definition)
        }
        try checkTogether()
        try put(action: "start")
    }

    /// Decides by what is known of the instances, and does it.
    ///
    /// - Returns: why nothing is done; `nil` when something is.
    mutating func proceed() throws(EngineError) -> String? {
        guard rollout.state.phase.isServed else { return "the rollout is \(rollout.state.phase.rawValue)" }
        let observed = try InstanceCensus(engine, scope).observation(of: rollout)
        switch rollout.decision(observed, now: scope.request.now) {
        case .wait(let reason): return reason
        case .proceed: try advance()
        case .revert(let reason): try end(.reverted, note: reason, action: "revert")
        }
        return nil
    }

    /// Goes to the next step, whatever is known; after the last one the change is made for all.
    mutating func advance() throws(EngineError) {
        guard rollout.state.step + 1 < rollout.plan.steps.count else { return try complete() }
        rollout.state.step += 1
        rollout.state.since = scope.request.now
        rollout.state.counted = scope.request.now
        rollout.state.begun = nil
        rollout.state.note = ""
        try put(action: "step")
    }

    /// Stops a rollout where it is, or lets it go on: the step is held anew, and what was reported in it still counts.
    mutating func turn(_ phase: Rollout.Phase, action: String) throws(EngineError) {
        rollout.state.phase = phase
        rollout.state.begun = rollout.stepRevision
        if phase == .running { rollout.state.counted = scope.request.now }
        try put(action: action)
    }

    /// Takes the change back.
    mutating func end(_ phase: Rollout.Phase, note: String, action: String) throws(EngineError) {
        rollout.state.phase = phase
        rollout.state.note = note
        try put(action: action)
    }

    private mutating func complete() throws(EngineError) {
        // All of them before anything is written, so that what cannot be made for all is made for nobody.
        for (key, said) in rollout.plan.changes {
            let change = try ValueChange(engine, scope, rollout.plan.layer, key)
            try change.checkByItself(said, try scope.definition(key) ?? .undeclared)
        }
        try checkTogether()
        rollout.state.phase = .completed
        rollout.state.note = ""
        // First, so that the keys are free.
        try put(action: "complete")
        for (key, said) in rollout.plan.changes {
            let change = try ValueChange(engine, scope, rollout.plan.layer, key)
            _ = try change.store(said, action: "rollout")
        }
    }

    /// Refuses changes that break a schema when all of them are made: whoever is reached has all.
    private func checkTogether() throws(EngineError) {
        let plan = rollout.plan
        try engine.check(
            Supposition(plan.layer, says: plan.changes.map { ($0.key, $0.said) }), scope, below: plan.layer)
    }

    private mutating func put(action: String) throws(EngineError) {
        document = try Rollouts(scope).put(rollout, after: document, action: action)
    }

    /// What the change says; the values of keys that have become sensitive are kept back.
    private func changes() throws(EngineError) -> JSONObject {
        var members: [JSONObject.Member] = []
        for (key, said) in rollout.plan.changes {
            let isSensitive = try scope.definitionForShowing(key).isSensitive
            members.append(
                .init(name: key, value: isSensitive ? PersonalValue.redacted : said.value ?? LayerValue.unsetMarker))
        }
        return JSONObject(members)
    }

    /// What answers say of the rollout.
    func answer() throws(EngineError) -> JSONObject {
        var answer: JSONObject = ["id": .string(rollout.id)]
        answer = answer.joined(with: rollout.content)
        answer["changes"] = .object(try changes())
        if rollout.state.phase.isServed {
            let observed = try InstanceCensus(engine, scope).observation(of: rollout)
            answer["percent"] = Percentage.json(rollout.step.share)
            answer["cohort"] = [
                "live": .integer(observed.live), "acknowledged": .integer(observed.acknowledged),
                "silent": .integer(observed.silent), "lost": .integer(observed.lost),
                "metrics": .object(
                    JSONObject(
                        observed.means.sorted { ByteOrder.precedes($0.key, $1.key) }
                            .map { .init(name: $0.key, value: .number("\($0.value)")) })),
            ]
            if case .wait(let reason) = rollout.decision(observed, now: scope.request.now),
                rollout.state.phase == .running
            {
                answer["waiting_for"] = .string(reason)
            }
        }
        return document.map { answer.joined(with: $0.facts) } ?? answer
    }
}
