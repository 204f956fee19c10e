import ChangeSetEngine
import EngineKit
package import Notation

extension Vault {
    /// Applies the change sets whose time has come, in the name and by the policies of whoever scheduled them.
    package func tendChangeSets(now: Timestamp = .now()) async {
        guard let running else { return }
        for mounted in running.mounts.all where mounted.entry.type == "pulse" {
            let work = UpkeepWork(mounted, running, now)
            do throws(EngineError) {
                let round = work.request("changesets")
                let due = try await running.transactor.run { transaction throws(EngineError) in
                    try ChangeSetEngine.due(in: mounted.context, round, transaction)
                }.answer
                for item in due {
                    let kinds = try await work.perform(
                        "changesets/\(item.id)/apply", as: (item.name, item.policies)
                    ) { request, transaction throws(EngineError) in
                        try ChangeSetEngine.applyScheduled(item.id, request, transaction)
                    }
                    if !kinds.isDisjoint(with: SystemRecords.projected) { await reload() }
                }
            } catch {
                // Sealing ends the round; the next unsealing begins one.
                if case .store(.sealed) = error { return }
                log("change sets could not be applied", [("reason", error.auditText)])
            }
        }
    }
}
