/// An engine with overrides, which the background service takes back when their leases have ended.
package protocol OverridingEngine: Engine {
    /// The names of a mount's overrides whose lease has ended.
    func endedOverrides(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> [String]

    /// Takes back an override whose lease has ended, by an ordinary commit that history shows.
    ///
    /// - Returns: what came of it; nothing when the lease goes on.
    func tendOverride(
        _ id: String, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse
}
