import Audit
import EngineKit
import Notation

/// Work that the background service does for a mount, as a request that nobody sent: whoever asked for it stands in the
/// record of the work.
struct UpkeepWork: Sendable {
    private let mounted: MountTable.Mounted
    let running: Running
    private let now: Timestamp

    init(_ mounted: MountTable.Mounted, _ running: Running, _ now: Timestamp) {
        self.mounted = mounted
        self.running = running
        self.now = now
    }

    /// The request as which work on a path of the mount is done.
    ///
    /// - Parameter person: in whose name it asks other paths of the vault; `nil` when it asks none.
    func request(_ path: String, as person: (name: String, policies: [String])? = nil) -> EngineRequest {
        guard let person else {
            return EngineRequest(
                operation: .update, path: Array(path.utf8), mount: mounted.context,
                caller: Caller(displayName: "background"), now: now, random: running.random)
        }
        let access = InnerRequests(running, name: person.name, policies: person.policies, now)
        return EngineRequest(
            operation: .update, path: Array(path.utf8), mount: mounted.context, caller: access.caller, now: now,
            random: running.random, rights: PolicyRights(list: access.policies, now: now), vault: access)
    }

    /// Does a piece of work in one commit, recorded before and after; a look that would change nothing is no event.
    ///
    /// - Parameters:
    ///   - path: the path that the work would have as a request.
    ///   - person: in whose name it asks other paths of the vault; `nil` when it asks none.
    /// - Returns: the kinds of system records that were written.
    @discardableResult
    func perform(
        _ path: String, as person: (name: String, policies: [String])? = nil, _ work: @escaping Route.Transactional
    ) async throws(EngineError) -> Set<RecordKind> {
        let request = request(path, as: person)
        var audited = AuditedRequest(
            id: running.random.uuid(), time: now, operation: request.operation,
            path: mounted.entry.path + request.path, caller: request.caller, isAllowed: true)
        audited.mount = mounted.context
        let isDue = try await running.transactor.run { transaction throws(EngineError) in
            try transaction.trial { () throws(EngineError) in
                _ = try work(request, transaction)
                return transaction.hasWrites
            }
        }.answer
        guard isDue else { return [] }
        try await record(audited, nil)
        var answered = AuditedResponse()
        let kinds: Set<RecordKind>
        do throws(EngineError) {
            let outcome = try await running.transactor.run { transaction throws(EngineError) in
                try work(request, transaction)
            }
            answered.note(outcome.answer)
            kinds = outcome.systemKinds
        } catch {
            answered.error = error.auditText
            try await record(audited, answered)
            throw error
        }
        try await record(audited, answered)
        return kinds
    }

    private func record(_ audited: AuditedRequest, _ answered: AuditedResponse?) async throws(EngineError) {
        do throws(AuditError) {
            if let answered {
                try await running.audit.record(audited, answered: answered)
            } else {
                try await running.audit.record(audited)
            }
        } catch {
            throw .internalError("work of the background service could not be recorded by any audit device")
        }
    }
}
