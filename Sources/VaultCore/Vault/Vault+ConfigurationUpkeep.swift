import ConfigEngine
import EngineKit
package import Notation

extension Vault {
    /// Looks after configuration: takes rollouts on whose time has come, ends overrides whose lease has ended, and notes
    /// which secrets that values refer to have new versions.
    package func tendConfiguration(now: Timestamp = .now()) async {
        guard let running else { return }
        for mounted in running.mounts.all where mounted.entry.type == "config" {
            let upkeep = ConfigurationUpkeepWork(mounted, running, now)
            for (task, body) in upkeep.tasks {
                // What is in the way of one of them holds no other up.
                do throws(EngineError) {
                    try await body()
                } catch {
                    // Sealing ends the round; the next unsealing begins one.
                    if case .store(.sealed) = error { return }
                    log("configuration could not be looked after", [("task", task), ("reason", error.auditText)])
                }
            }
        }
    }
}

/// What is done for a mount of configuration in each round.
private struct ConfigurationUpkeepWork {
    typealias Body = () async throws(EngineError) -> Void

    let mounted: MountTable.Mounted
    let running: Running
    let work: UpkeepWork

    init(_ mounted: MountTable.Mounted, _ running: Running, _ now: Timestamp) {
        self.mounted = mounted
        self.running = running
        work = UpkeepWork(mounted, running, now)
    }

    var tasks: [(name: String, body: Body)] {
        [("overrides", endOverrides), ("references", noteRotations), ("rollouts", takeRolloutsOn)]
    }

    private func endOverrides() async throws(EngineError) { try await work.endOverrides(of: running.configuration) }

    private func noteRotations() async throws(EngineError) {
        try await work.perform("references", as: UpkeepWork.nobody) { request, transaction throws(EngineError) in
            try running.configuration.noteRotations(request, transaction)
        }
    }

    private func takeRolloutsOn() async throws(EngineError) {
        let round = work.request("rollouts")
        let names = try await running.transactor.run { transaction throws(EngineError) in
            try ConfigurationEngine.rolloutsOnTheirWay(in: mounted.context, round, transaction)
        }.answer
        for name in names {
            try await work.perform("rollouts/\(name)/advance") { request, transaction throws(EngineError) in
                try running.configuration.tend(name, request, transaction)
            }
        }
    }
}
