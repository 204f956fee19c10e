package import EngineKit
import Notation

/// The change sets that the background service applies.
extension ChangeSetEngine {
    /// A change set whose time has come, and in whose name it is applied.
    package struct Due: Sendable {
        /// The change set.
        package let id: String
        /// The display name of whoever scheduled it.
        package let name: String
        /// The policies of whoever scheduled it.
        package let policies: [String]
    }

    /// The change sets of a mount whose time has come.
    package static func due(
        in mount: MountContext, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> [Due] {
        let scope = ChangeSetScope(request, transaction)
        var found: [Due] = []
        for id in try Agenda(mount.realm, transaction).due(at: request.now) {
            let schedule: ChangeSet.Schedule?
            do throws(EngineError) {
                schedule = try scope.find(id).schedule
            } catch .notFound {
                schedule = nil
            }
            found.append(Due(id: id, name: schedule?.name ?? "", policies: schedule?.policies ?? []))
        }
        return found
    }

    /// Applies a change set whose time has come, or notes why that cannot be.
    ///
    /// - Parameter request: a request in the name of whoever scheduled it.
    package static func applyScheduled(
        _ id: String, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        let set: ChangeSet
        var problem = ""
        do throws(EngineError) {
            set = try scope.find(id)
        } catch .notFound {
            try Agenda(scope).remove(id)
            return .noContent
        }
        guard set.phase == .scheduled, let schedule = set.schedule, schedule.time <= request.now else {
            try Agenda(scope).note(set)
            return .noContent
        }
        do throws(EngineError) {
            let answer = try transaction.attempt { () throws(EngineError) -> EngineResponse? in
                try requireApprovals(of: set, scope)
                let (response, isApplied) = try put(set, in: scope, reason: "scheduled")
                if isApplied { return response }
                problem =
                    response.dataObject?["errors"]?.arrayValue?.compactMap(\.stringValue)
                    .joined(separator: "; ") ?? ""
                return nil
            }
            if let answer { return answer }
        } catch {
            guard let reason = error.reasonOfRefusal else { throw error }
            problem = reason
        }
        return try giveUp(set, problem, scope)
    }

    /// Notes that a change set whose time has come cannot be applied, for a reason that will not go away.
    package static func giveUpScheduled(
        _ id: String, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        return try giveUp(try scope.find(id), "it could not be written", scope)
    }

    private static func giveUp(
        _ set: ChangeSet, _ problem: String, _ scope: ChangeSetScope
    ) throws(EngineError) -> EngineResponse {
        var set = set
        set.phase = .failed
        set.schedule = nil
        set.note("fail", by: scope.request.caller.displayName, at: scope.request.now, reason: problem)
        try scope.put(set)
        return .data(["id": .string(set.id), "state": .string(set.phase.rawValue), "problem": .string(problem)])
    }
}
