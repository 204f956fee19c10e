import EngineKit
import Identity
import Notation

extension Vault {
    /// How long the sweep leaves the store to others after each commit.
    private static let pauseOfSweep = Duration.milliseconds(20)

    /// Revokes tokens that have expired, with their descendants and their private records, and finishes revocations
    /// that were broken off.
    ///
    /// - Returns: whether all that was to be removed could be.
    @discardableResult
    package func removeExpiredTokens() async -> Bool {
        guard let running else { return true }
        do throws(EngineError) {
            // A token without uses left may be at its last one; the request revokes it, or its expiry.
            let now = Timestamp.now()
            try await running.revokeTokens(where: { !$0.isAlive(at: now) }) {
                // It ends early only when the server does.
                (try? await Task.sleep(for: Self.pauseOfSweep)) != nil
            }
            try await running.finishRevocations()
            try await removeEndedPolicies(running, now)
            return true
        } catch {
            // Sealing ends the round; the next unsealing begins one.
            if case .store(.sealed) = error { return true }
            log("expired tokens could not be removed", [("reason", error.auditText)])
            return false
        }
    }

    /// Removes policies that have ended; they grant nothing since then.
    private func removeEndedPolicies(_ running: Running, _ now: Timestamp) async throws(EngineError) {
        let names = running.policies.ended(at: now)
        guard !names.isEmpty else { return }
        _ = try await running.transactor.run { transaction throws(EngineError) in
            try transaction.need(names.map { SystemRecords.policyState($0.utf8) })
            // One may have been written anew since.
            for name in names where try PolicyState.stored(name.utf8, transaction).isExpired(at: now) {
                transaction.delete(SystemRecords.policy(name.utf8))
                transaction.delete(SystemRecords.policyState(name.utf8))
            }
        }
        await reload()
    }
}
