import EngineKit
package import Notation
import Storage
import Synchronization

extension Vault {
    /// The newest term that all keys were brought over to, as decimal text.
    private static let rewrappedTerm = SystemRecords.setting("rewrapped-term")

    /// Looks after the keyring: adds a term when its schedule says so, brings keys that older terms sealed over to the
    /// active one, and saves how much was sealed.
    ///
    /// Bringing over goes page by page beside the requests. A round that is broken off, by sealing or by a stop, is
    /// made again from the start: what was brought over already costs a look only.
    package func tendKeyring(now: Timestamp = .now()) async {
        await upkeep.run {
            do throws(EngineError) {
                try await self.rotateWhenDue(now)
                try await self.rewrap()
                try await self.saveEncryptionCount()
            } catch {
                // Sealing ends the round; the next unsealing begins one.
                if case .store(.sealed) = error { return }
                self.log("the keyring could not be looked after", [("reason", error.auditText)])
            }
        }
    }

    private func rotateWhenDue(_ now: Timestamp) async throws(EngineError) {
        guard let running else { return }
        let schedule = try await running.transactor.run { transaction throws(EngineError) in
            try RotationSchedule(transaction)
        }.answer
        if schedule.isDue(try status(), at: now) { try await addTerm(now) }
    }

    private func rewrap() async throws(EngineError) {
        guard let running else { return }
        let term = Array(String(try status().term).utf8)
        let reached = try await running.transactor.run { transaction throws(EngineError) in
            try transaction.get(Self.rewrappedTerm)
        }.answer
        guard reached != term else { return }
        let progress: RewrapProgress
        do throws(StoreError) { progress = try await barrier.rewrapAll() } catch { throw .store(error) }
        guard progress.isComplete else { return }
        _ = try await running.transactor.run { transaction throws(EngineError) in
            transaction.put(Self.rewrappedTerm, term)
        }
        log(
            "keys brought over to the active term",
            [
                ("term", String(decoding: term, as: UTF8.self)), ("keys", "\(progress.rewrapped)"),
                ("unreadable", "\(progress.unreadable)"),
            ])
    }

    /// Saves the count of encryptions, if it has grown since it was saved.
    func saveEncryptionCount() async throws(EngineError) {
        let status = try status()
        guard savedStatus.withLock({ $0 }) != status else { return }
        do throws(StoreError) { try await barrier.saveEncryptionCount() } catch { throw .store(error) }
        savedStatus.withLock { $0 = status }
    }

    /// Adds a term to the keyring, and has the keys brought over to it in the background.
    func rotate() async throws(EngineError) {
        try await addTerm(.now())
        Task { await tendKeyring() }
    }

    private func addTerm(_ now: Timestamp) async throws(EngineError) {
        do throws(StoreError) {
            let status = try await barrier.rotate(now: now.nanosecondsSinceEpoch / 1_000_000)
            log("keyring rotated", [("term", "\(status.term)")])
        } catch {
            throw .store(error)
        }
    }

    private func status() throws(EngineError) -> KeyStatus {
        do throws(StoreError) { return try barrier.keyStatus } catch { throw .store(error) }
    }
}
