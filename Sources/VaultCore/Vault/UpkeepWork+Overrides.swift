import EngineKit

extension UpkeepWork {
    /// In whose name leases and versions are looked at: somebody whom no policy grants anything.
    static let nobody = (name: "background", policies: [String]())

    /// Takes back the mount's overrides whose lease has ended; what is in the way of one of them holds no other up.
    func endOverrides(of engine: some OverridingEngine) async throws(EngineError) {
        let round = request("overrides", as: Self.nobody)
        let ended = try await running.transactor.run { transaction throws(EngineError) in
            try engine.endedOverrides(round, transaction)
        }.answer
        var failure: EngineError?
        for id in ended {
            do throws(EngineError) {
                try await perform("overrides/\(id)", as: Self.nobody) { request, transaction throws(EngineError) in
                    try engine.tendOverride(id, request, transaction)
                }
            } catch {
                if case .store(.sealed) = error { throw error }
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
