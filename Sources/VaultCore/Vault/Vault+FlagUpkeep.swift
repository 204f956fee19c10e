import Audit
import EngineKit
import FlagEngine
package import Notation

extension Vault {
    /// Looks after feature flags: writes what evaluations left behind, makes the changes whose time has come, and takes
    /// back overrides whose lease has ended.
    ///
    /// - Parameter looksAround: whether ramps are looked at that wait for something else than the time.
    package func tendFlags(now: Timestamp = .now(), looksAround: Bool) async {
        guard let running else { return }
        await writeEvaluations(of: running, now)
        for mounted in running.mounts.all where mounted.entry.type == "flags" {
            do throws(EngineError) {
                let due = try await running.transactor.run { transaction throws(EngineError) in
                    try FeatureFlagEngine.dueWork(
                        in: mounted.context, transaction, now: now, looksAround: looksAround)
                }.answer
                for item in due { try await perform(item, mounted, running, now) }
            } catch {
                // Sealing ends the round; the next unsealing begins one.
                if case .store(.sealed) = error { return }
                log("scheduled changes of flags could not be made", [("reason", error.auditText)])
            }
            // What is in the way of the one does not hold the other up.
            do throws(EngineError) {
                try await UpkeepWork(mounted, running, now).endOverrides(of: running.flags)
            } catch {
                if case .store(.sealed) = error { return }
                log("overrides of flags could not be taken back", [("reason", error.auditText)])
            }
        }
    }

    /// Writes what evaluations left behind.
    func writeEvaluations(of running: Running, _ now: Timestamp = .now()) async {
        let realms = Set(running.mounts.all.map(\.context.realm))
        let failure = await running.flags.recorder.write(to: running.transactor, now: now) { realms.contains($0) }
        guard let failure else { return }
        if case .store(.sealed) = failure { return }
        log("what evaluations left behind could not be written", [("reason", failure.auditText)])
    }

    /// Does a piece of work as a request would be served: recorded before and after.
    private func perform(
        _ item: AgendaItem, _ mounted: MountTable.Mounted, _ running: Running, _ now: Timestamp
    ) async throws(EngineError) {
        let request = FeatureFlagEngine.request(for: item, in: mounted.context, now: now, random: running.random)
        var audited = AuditedRequest(
            id: running.random.uuid(), time: now, operation: request.operation,
            path: mounted.entry.path + item.path, caller: request.caller, isAllowed: true)
        audited.mount = mounted.context
        // A look at a ramp that changes nothing is no event.
        var answered = AuditedResponse()
        if item.due <= now { try await record(audited, nil, running) }
        do throws(EngineError) {
            let outcome = try await running.transactor.run { transaction throws(EngineError) in
                try running.flags.perform(item, request, transaction)
            }
            guard outcome.revision != nil || item.due <= now else { return }
            answered.note(outcome.answer)
        } catch {
            answered.error = error.auditText
            try await record(audited, answered, running)
            throw error
        }
        try await record(audited, answered, running)
    }

    private func record(
        _ audited: AuditedRequest, _ answered: AuditedResponse?, _ running: Running
    ) async throws(EngineError) {
        do throws(AuditError) {
            if let answered {
                try await running.audit.record(audited, answered: answered)
            } else {
                try await running.audit.record(audited)
            }
        } catch {
            throw .internalError("a scheduled change could not be recorded by any audit device")
        }
    }
}
