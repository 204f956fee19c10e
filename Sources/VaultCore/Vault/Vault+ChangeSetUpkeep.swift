import ChangeSetEngine
import EngineKit
package import Notation

extension Vault {
    /// Applies the change sets whose time has come, in the name and by the policies of whoever scheduled them.
    package func tendChangeSets(now: Timestamp = .now()) async {
        guard let running else { return }
        for mounted in running.mounts.all where mounted.entry.type == "pulse" {
            let round = UpkeepWork(mounted, running, now).request("changesets")
            do throws(EngineError) {
                let due = try await running.transactor.run { transaction throws(EngineError) in
                    try ChangeSetEngine.due(in: mounted.context, round, transaction)
                }.answer
                for item in due { await apply(item, mounted, now) }
            } catch {
                // Sealing ends the round; the next unsealing begins one.
                if case .store(.sealed) = error { return }
                log("change sets that are due could not be found", [("reason", error.auditText)])
            }
        }
    }

    /// Applies one; what is in its way holds no other up.
    private func apply(_ item: ChangeSetEngine.Due, _ mounted: MountTable.Mounted, _ now: Timestamp) async {
        // As it is now: a set before may have changed what this one's scheduler may do.
        guard let running else { return }
        let work = UpkeepWork(mounted, running, now)
        do throws(EngineError) {
            let kinds = try await work.perform(
                "changesets/\(item.id)/apply", as: (item.name, item.policies)
            ) { request, transaction throws(EngineError) in
                try ChangeSetEngine.applyScheduled(item.id, request, transaction)
            }
            if !kinds.isDisjoint(with: SystemRecords.projected) { await reload() }
        } catch {
            if case .store(.sealed) = error { return }
            log("a change set could not be applied", [("id", item.id), ("reason", error.auditText)])
            // What is too large today is so tomorrow.
            guard case .store(.tooLarge) = error else { return }
            _ = try? await work.perform(
                "changesets/\(item.id)/apply", as: (item.name, [])
            ) { request, transaction throws(EngineError) in
                try ChangeSetEngine.giveUpScheduled(item.id, request, transaction)
            }
        }
    }
}
