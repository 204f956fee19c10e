import ConfigEngine
import EngineKit
package import Notation

extension Vault {
    /// Looks after configuration: takes rollouts on whose time has come, ends overrides whose lease has ended, and notes
    /// which secrets that values refer to have new versions.
    package func tendConfiguration(now: Timestamp = .now()) async {
        guard let running else { return }
        for mounted in running.mounts.all where mounted.entry.type == "config" {
            let work = UpkeepWork(mounted, running, now)
            do throws(EngineError) {
                try await tendOverrides(of: mounted, running, work)
                try await work.perform("references", as: Self.nobody) { request, transaction throws(EngineError) in
                    try running.configuration.noteRotations(request, transaction)
                }
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
                log("configuration could not be looked after", [("reason", error.auditText)])
            }
        }
    }

    /// In whose name the background service looks at leases and versions: somebody whom no policy grants anything.
    private static let nobody = (name: "background", policies: [String]())

    private func tendOverrides(
        of mounted: MountTable.Mounted, _ running: Running, _ work: UpkeepWork
    ) async throws(EngineError) {
        let round = work.request("overrides")
        let ids = try await running.transactor.run { transaction throws(EngineError) in
            try ConfigurationEngine.overrides(in: mounted.context, round, transaction)
        }.answer
        for id in ids {
            try await work.perform("overrides/\(id)", as: Self.nobody) { request, transaction throws(EngineError) in
                try running.configuration.tendOverride(id, request, transaction)
            }
        }
    }
}
