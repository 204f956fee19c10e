package import EngineKit
import Notation

extension ConfigurationEngine {
    /// LIST `rollouts`: all that are remembered, with how far they have come.
    static func listRollouts(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        var members: [JSONObject.Member] = []
        for (name, document) in try scope.documents.all(.rollout) where !document.isDeleted {
            let rollout = try Rollout(String(decoding: name, as: UTF8.self), document)
            members.append(
                .init(
                    name: rollout.id,
                    value: [
                        "phase": .string(rollout.state.phase.rawValue), "layer": .string(rollout.plan.layer.text),
                        "keys": .strings(rollout.plan.changes.map(\.key)),
                        "percent": Percentage.json(rollout.step.share), "step": .integer(rollout.state.step + 1),
                        "steps": .integer(rollout.plan.steps.count), "note": .string(rollout.state.note),
                    ]))
        }
        if members.isEmpty { return .names([]) }
        return .data(["keys": .strings(members.map(\.name)), "key_info": .object(JSONObject(members))])
    }

    /// GET `rollouts/:id`.
    func readRollout(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        .data(try progress(request, transaction).answer())
    }

    /// POST `rollouts/:id {layer, changes, steps, reason?}`: begins with the first step. Whoever starts it needs the
    /// right to write each of the values.
    func startRollout(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let id = try scope.name("id")
        let last = try scope.documents.current(.rollout, Array(id.utf8))
        if let last, !last.isDeleted { throw .status(409, ["there is a rollout \"\(id)\": choose another name"]) }
        let plan = try EngineError.model { () throws(ModelError) in
            try RolloutPlan(
                json: .object(request.input.members.only(["layer", "changes", "steps"])),
                author: request.caller.displayName)
        }
        try requireRights(to: plan, request)
        var progress = RolloutProgress(self, scope, Rollout(id, plan, at: request.now), last)
        try progress.start()
        return .data(try progress.answer())
    }

    /// POST `rollouts/:id/advance`: goes to the next step without waiting for anything.
    func advanceRollout(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        var progress = try progress(request, transaction, whileIn: [.running, .paused])
        try progress.advance()
        return .data(try progress.answer())
    }

    /// POST `rollouts/:id/pause`: like `abort` it needs no right to the values, for it stops what goes wrong. What breaks a
    /// guard meanwhile is still taken back.
    func pauseRollout(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        var progress = try progress(request, transaction, whileIn: [.running], writes: false)
        try progress.turn(.paused, action: "pause")
        return .data(try progress.answer())
    }

    /// POST `rollouts/:id/resume`: the step is held anew.
    func resumeRollout(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        var progress = try progress(request, transaction, whileIn: [.paused])
        try progress.turn(.running, action: "resume")
        return .data(try progress.answer())
    }

    /// POST `rollouts/:id/abort {reason?}`: everyone has what they had before.
    func abortRollout(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        var progress = try progress(request, transaction, whileIn: [.running, .paused], writes: false)
        try progress.end(.aborted, note: try request.reason(), action: "abort")
        return .data(try progress.answer())
    }

    /// DELETE `rollouts/:id`: forgets one that has ended.
    func deleteRollout(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        guard let (rollout, document) = try Rollouts(scope).find(try scope.name("id")) else { return .noContent }
        guard !rollout.state.phase.isServed else {
            throw .status(409, ["the rollout is \(rollout.state.phase.rawValue): abort it first"])
        }
        _ = try Rollouts(scope).put(rollout, after: document, action: "delete", isDeleted: true)
        return .noContent
    }

    private func progress(
        _ request: EngineRequest, _ transaction: Transaction, whileIn phases: [Rollout.Phase]? = nil,
        writes: Bool = true
    ) throws(EngineError) -> RolloutProgress {
        let scope = ConfigScope(request, transaction)
        let (rollout, document) = try Rollouts(scope).asked()
        if let phases {
            guard phases.contains(rollout.state.phase) else {
                throw .status(409, ["the rollout is \(rollout.state.phase.rawValue)"])
            }
            if writes { try requireRights(to: rollout.plan, request) }
        }
        return RolloutProgress(self, scope, rollout, document)
    }

    private func requireRights(to plan: RolloutPlan, _ request: EngineRequest) throws(EngineError) {
        if request.caller.isRoot { return }
        for (key, said) in plan.changes {
            let path = request.mount.path + Array("data/".utf8) + plan.layer.place(of: key)
            guard request.rights.allow(.update, path, with: said.content) else {
                throw .permissionDenied(reason: "a value of the rollout may not be written with this token")
            }
        }
    }
}

/// What the background service does for a mount of configuration, as ordinary commits that history shows.
extension ConfigurationEngine {
    /// The rollouts of a mount that are on their way.
    package static func rolloutsOnTheirWay(
        in mount: MountContext, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> [String] {
        try Rollouts(ConfigScope(request, transaction)).agenda()
    }

    /// Takes a rollout on, if its time has come.
    ///
    /// - Returns: what came of it; nothing when nothing is to be done.
    package func tend(
        _ id: String, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        guard let (rollout, document) = try Rollouts(scope).find(id) else { return .noContent }
        let named = ConfigScope(request, transaction, author: (rollout.plan.author, "by the rollout \(id)"))
        do throws(EngineError) {
            // What cannot be made for all is not left with some.
            return try transaction.whole { () throws(EngineError) in
                var progress = RolloutProgress(self, named, rollout, document)
                return try progress.proceed() == nil ? .data(try progress.answer()) : .noContent
            }
        } catch {
            guard let reason = error.reasonOfRefusal else { throw error }
            var stopped = RolloutProgress(self, named, rollout, document)
            try stopped.end(.reverted, note: reason, action: "revert")
            return .data(try stopped.answer())
        }
    }
}
