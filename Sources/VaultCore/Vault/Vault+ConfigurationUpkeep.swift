import ConfigEngine
import EngineKit
package import Notation

extension Vault {
    /// Looks after configuration: takes rollouts on whose time has come.
    package func tendConfiguration(now: Timestamp = .now()) async {
        guard let running else { return }
        for mounted in running.mounts.all where mounted.entry.type == "config" {
            let work = UpkeepWork(mounted, running, now)
            do throws(EngineError) {
                let round = work.request("rollouts")
                let names = try await running.transactor.run { transaction throws(EngineError) in
                    try ConfigurationEngine.rolloutsOnTheirWay(in: mounted.context, round, transaction)
                }.answer
                for name in names {
                    try await work.perform("rollouts/\(name)/advance") { request, transaction throws(EngineError) in
                        try running.configuration.tend(name, request, transaction)
                    }
                }
            } catch {
                // Sealing ends the round; the next unsealing begins one.
                if case .store(.sealed) = error { return }
                log("rollouts of configuration could not be taken on", [("reason", error.auditText)])
            }
        }
    }
}
