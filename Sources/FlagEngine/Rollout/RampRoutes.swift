import EngineKit
import Notation

extension FeatureFlagEngine {
    /// LIST `ramps/:env`: the flags that have a ramp, with how far they have come.
    static func listRamps(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        let names = try scope.documents.names(FlagRecords.ramps, below: environment)
        let keys = names.map { RampRecord.key(request.mount.realm, environment, $0) }
        try transaction.need(keys)
        var found: [JSONObject.Member] = []
        for (name, key) in zip(names, keys) {
            guard let bytes = try transaction.get(key) else { continue }
            let record = try RampRecord(decoding: bytes)
            found.append(
                .init(
                    name: String(decoding: name, as: UTF8.self),
                    value: [
                        "phase": .string(record.state.phase.rawValue),
                        "percent": record.step.map { Percentage.json($0.weight) } ?? .null,
                        "step": .integer(record.state.step), "steps": .integer(record.plan.steps.count),
                        "target_variation": .string(record.plan.targetVariation),
                    ]))
        }
        if found.isEmpty { return .names([]) }
        return .data(["keys": .strings(found.map(\.name)), "key_info": .object(JSONObject(found))])
    }

    /// GET `ramps/:env/:flag`.
    func readRamp(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        .data(try RampProgress(self, FlagScope(request, transaction)).data())
    }

    /// POST `ramps/:env/:flag {target_variation, steps, reason?}`: begins a ramp with its first step.
    func startRamp(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let change = try StateChange(scope)
        guard let present = change.present, let state = change.presentState else {
            throw .status(404, ["the flag has no state in this environment"])
        }
        guard state.isOn, present.killed == nil else {
            throw .invalid("the flag is \(present.killed == nil ? "off" : "killed"), so a ramp would reach nobody")
        }
        if let bytes = try transaction.get(RampRecord.key(request.mount.realm, change.environment, change.key)) {
            let running = try RampRecord(decoding: bytes)
            guard running.state.isOver else {
                throw .status(409, ["the flag has a ramp that is \(running.state.phase.rawValue): abort or delete it"])
            }
        }
        let plan = try EngineError.model { () throws(ModelError) in
            let plan = request.input.members.only(["steps", "target_variation"])
            return try RampPlan(json: .object(plan), definition: change.definition)
        }
        if case .variation(let name) = state.fallThrough, name.bytesEqual(to: plan.targetVariation) {
            throw .invalid("target_variation: everyone whom no rule fits gets it already")
        }
        var progress = try RampProgress(self, change, plan, before: state.fallThrough)
        let first = plan.steps.first.map { step in
            RampAdvance(weight: step.weight, due: request.now.adding(seconds: step.hold), waitingFor: [])
        }
        try progress.settle(first)
        var response = EngineResponse.data(try progress.data())
        if plan.needsExposures, !change.definition.recordsExposures {
            response.warnings.append(
                "samples and guards count people whose exposure is recorded: set record_exposures in the definition, "
                    + "or report exposures")
        }
        return response
    }

    /// DELETE `ramps/:env/:flag`: the ramp is forgotten, and what it reached stays.
    func deleteRamp(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        _ = try StateChange(scope)
        let progress = try RampProgress(self, scope)
        transaction.delete(RampRecord.key(request.mount.realm, progress.environment, progress.flag))
        var agenda = try Agenda(request.mount.realm, transaction)
        agenda.remove(AgendaItem(.ramp, progress.environment, progress.flag, due: request.now))
        return .noContent
    }

    /// POST `ramps/:env/:flag/advance`: goes to the next step at once.
    func advanceRamp(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try move(request, transaction) { progress, _ throws(EngineError) in try progress.skip() }
    }

    /// POST `ramps/:env/:flag/approve`: the caller agrees to the next step.
    func approveRamp(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try move(request, transaction) { progress, _ throws(EngineError) in
            // Two tokens of one person may share a display name, and count once.
            try EngineError.ramp { () throws(RampError) in
                try progress.record.state.approve(by: request.caller.displayName)
            }
            try progress.proceed()
        }
    }

    /// POST `ramps/:env/:flag/pause {reason?}`.
    func pauseRamp(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try move(request, transaction) { progress, reason throws(EngineError) in
            try EngineError.ramp { () throws(RampError) in
                try progress.record.state.pause(now: request.now, reason: reason)
            }
            try progress.settle(nil)
        }
    }

    /// POST `ramps/:env/:flag/resume`.
    func resumeRamp(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try move(request, transaction) { progress, _ throws(EngineError) in
            try EngineError.ramp { () throws(RampError) in try progress.record.state.resume(now: request.now) }
            try progress.proceed()
        }
    }

    /// POST `ramps/:env/:flag/abort {reason?}`: the fallthrough is put back as it was before the ramp.
    func abortRamp(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try move(request, transaction) { progress, reason throws(EngineError) in
            try EngineError.ramp { () throws(RampError) in
                try progress.record.state.abort(now: request.now, reason: reason)
            }
            try progress.takeBack()
            try progress.settle(nil)
        }
    }

    private func move(
        _ request: EngineRequest, _ transaction: Transaction,
        _ step: (inout RampProgress, String) throws(EngineError) -> Void
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        // Whoever moves a ramp changes the state.
        _ = try StateChange(scope)
        var progress = try RampProgress(self, scope)
        try step(&progress, try scope.request.reason())
        return .data(try progress.data())
    }
}

extension EngineError {
    fileprivate static func ramp(_ body: () throws(RampError) -> Void) throws(EngineError) {
        do throws(RampError) { try body() } catch { throw .invalid("\(error)") }
    }
}

extension RampPlan {
    /// Whether a gate counts people or asks for a metric of theirs.
    fileprivate var needsExposures: Bool {
        steps.contains { step in
            step.gates.contains { gate in
                switch gate {
                case .sample, .guard: true
                case .time, .approval: false
                }
            }
        }
    }
}
