import EngineKit
import VaultCrypto

extension OpenBarrier {
    private static let attemptLimit = 16

    /// Reads the bootstrap record again and takes it in if it is newer.
    func refreshBootstrap() async throws(StoreError) {
        guard let row = try await store.get([.bootstrap]).first ?? nil else {
            throw .corrupted("the bootstrap record is missing")
        }
        do throws(CryptoError) {
            try adopt(row.value, at: row.revision)
        } catch {
            throw .corrupted("the bootstrap record")
        }
    }

    /// Changes the bootstrap record, starting over when another node was faster.
    ///
    /// - Parameter change: makes the new record out of the newest one and the keyring it holds.
    func updateBootstrap(
        _ change: (inout Bootstrap, Keyring) throws(StoreError) -> Void
    ) async throws(StoreError) {
        for _ in 0..<Self.attemptLimit {
            let (old, revision) = bootstrap
            var record = old
            try change(&record, keyring)
            var batch = SealedBatch()
            batch.expectations = [(.bootstrap, .at(revision))]
            batch.changes = [.put(.bootstrap, record.encode())]
            do throws(StoreError) {
                let committed = try await store.commit(batch)
                // The observer has taken it in already, unless the barrier was sealed meanwhile.
                try? adopt(record.encode(), at: committed)
                return
            } catch .conflict {
                try await refreshBootstrap()
            }
        }
        throw .conflict
    }

    /// Puts a keyring into the bootstrap record.
    func replaceKeyring(_ keyring: Keyring, in record: inout Bootstrap) throws(StoreError) {
        do throws(CryptoError) {
            let secret = try keyring.encode()
            record.keyringGeneration = keyring.generation
            record.sealedKeyring = try rootKey.sealing.wrap(
                secret, context: record.keyringContext, term: Bootstrap.term, keyID: Bootstrap.rootKeyID)
        } catch {
            throw .unavailable("no protected memory is left for keys")
        }
    }
}
