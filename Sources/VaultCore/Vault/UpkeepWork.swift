import Audit
import EngineKit
import Notation

/// Work that the background service does for a mount, as a request that nobody sent: whoever asked for it stands in the
/// record of the work.
struct UpkeepWork: Sendable {
    private let mounted: MountTable.Mounted
    private let running: Running
    private let now: Timestamp

    init(_ mounted: MountTable.Mounted, _ running: Running, _ now: Timestamp) {
        self.mounted = mounted
        self.running = running
        self.now = now
    }

    /// The request as which work on a path of the mount is done.
    func request(_ path: String) -> EngineRequest {
        EngineRequest(
            operation: .update, path: Array(path.utf8), mount: mounted.context,
            caller: Caller(displayName: "background"), now: now, random: running.random)
    }

    /// Does a piece of work in one commit, recorded before and after; a look that would change nothing is no event.
    ///
    /// - Parameter path: the path that the work would have as a request.
    func perform(_ path: String, _ work: @escaping Route.Transactional) async throws(EngineError) {
        let request = request(path)
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
        guard isDue else { return }
        try await record(audited, nil)
        var answered = AuditedResponse()
        do throws(EngineError) {
            answered.note(
                try await running.transactor.run { transaction throws(EngineError) in
                    try work(request, transaction)
                }.answer)
        } catch {
            answered.error = error.auditText
            try await record(audited, answered)
            throw error
        }
        try await record(audited, answered)
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
