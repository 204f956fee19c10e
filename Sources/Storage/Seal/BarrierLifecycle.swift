import EngineKit
package import VaultCrypto

/// Makes, opens, closes and rekeys the barrier of a store.
///
/// It keeps nothing: which shares have come in is the matter of `SealMachine`, whose driver calls these functions.
package struct BarrierLifecycle: Sendable {
    /// The barrier that is opened and closed.
    package let barrier: Barrier
    private let store: any SealedStore

    /// Makes the lifecycle of a barrier.
    package init(of barrier: Barrier) {
        self.barrier = barrier
        store = barrier.store
    }

    /// What the store says of its vault without a key: how many shares there are.
    ///
    /// - Returns: `nil` when there is no vault.
    package func configuration() async throws(SealError) -> SealConfiguration? {
        try await record()?.bootstrap.configuration
    }

    /// Makes a vault, and leaves the barrier unsealed so that its first records can be written.
    ///
    /// - Parameters:
    ///   - configuration: how many shares to make.
    ///   - cluster: its UUID (16 bytes, random) and name (up to 1024 bytes).
    ///   - now: the time, in milliseconds since 1970.
    /// - Returns: the shares; they exist nowhere else.
    package func initialize(
        _ configuration: SealConfiguration, cluster: ClusterIdentity, now: Int64
    ) async throws(SealError) -> [Shamir.Share] {
        guard try await record() == nil else { throw .alreadyInitialized }
        let rows = try await storing { () throws(StoreError) in
            try await store.rows(in: .all, after: nil, limit: 1)
        }
        guard rows.isEmpty else {
            // Somebody else may have made the vault just now.
            throw try await record() == nil ? .storeNotEmpty : .alreadyInitialized
        }
        let vault = try NewVault(configuration, cluster: cluster, now: now, store: store)
        let revision: Revision
        do throws(StoreError) {
            revision = try await store.commit(vault.firstBatch)
        } catch .conflict {
            throw .alreadyInitialized
        } catch {
            throw .store(error)
        }
        try await storing { () throws(StoreError) in
            try await barrier.unseal(with: vault.rootKey, vault.bootstrap, at: revision)
        }
        return vault.shares
    }

    /// Opens the barrier with enough shares.
    ///
    /// - Throws: `invalidShares` or `invalidKey` when they are wrong; nothing was opened then.
    package func unseal(with shares: [Shamir.Share]) async throws(SealError) {
        guard let (bootstrap, revision) = try await record() else { throw .notInitialized }
        let rootKey = try Self.rootKey(of: bootstrap, from: shares)
        guard barrier.isSealed else { return }
        try await storing { () throws(StoreError) in
            try await barrier.unseal(with: rootKey, bootstrap, at: revision)
        }
    }

    /// Closes the barrier: drops the keys and all that was kept in memory.
    package func seal() {
        barrier.seal()
    }

    /// Checks that shares open this vault, as proof that their holders agree to something.
    ///
    /// - Throws: `invalidShares` or `invalidKey` when they do not.
    package func verify(_ shares: [Shamir.Share]) async throws(SealError) {
        guard let (bootstrap, _) = try await record() else { throw .notInitialized }
        _ = try Self.rootKey(of: bootstrap, from: shares)
    }

    /// Makes a new unseal key and its shares. The old shares stay valid until `complete`.
    ///
    /// - Parameters:
    ///   - configuration: how many new shares to make.
    ///   - shares: enough of the old ones.
    package func prepareRekey(
        to configuration: SealConfiguration, provenBy shares: [Shamir.Share]
    ) async throws(SealError) -> PreparedRekey {
        guard !barrier.isSealed else { throw .sealed }
        guard let (bootstrap, _) = try await record() else { throw .notInitialized }
        _ = try Self.rootKey(of: bootstrap, from: shares)
        do throws(CryptoError) {
            return try PreparedRekey(configuration, replacing: bootstrap.sealGeneration)
        } catch {
            throw SealError(error)
        }
    }

    /// Puts a prepared rekey into force: from now on its shares open the vault, and the old ones do not.
    ///
    /// The old shares still open copies of the store made before.
    package func complete(_ rekey: PreparedRekey) async throws(SealError) {
        let open: OpenBarrier
        do throws(StoreError) { open = try barrier.open() } catch { throw .sealed }
        guard open.bootstrap.record.sealGeneration == rekey.replacedGeneration else { throw .rekeyOvertaken }
        do throws(StoreError) {
            try await open.updateBootstrap { record, _ throws(StoreError) in
                guard record.sealGeneration == rekey.replacedGeneration else { throw .conflict }
                record.configuration = rekey.configuration
                record.sealGeneration &+= 1
                do throws(CryptoError) {
                    record.sealedRoot = try rekey.seal(open.rootKey, record.rootContext)
                } catch {
                    throw .unavailable("no protected memory is left for keys")
                }
            }
        } catch .conflict {
            throw .rekeyOvertaken
        } catch {
            throw .store(error)
        }
    }

    private func record() async throws(SealError) -> (bootstrap: Bootstrap, revision: Revision)? {
        let rows = try await storing { () throws(StoreError) in try await store.get([.bootstrap]) }
        guard let row = rows.first ?? nil else { return nil }
        guard let bootstrap = Bootstrap(decoding: row.value) else { throw .corruptedBootstrap }
        return (bootstrap, row.revision)
    }

    private func storing<Result>(
        _ body: () async throws(StoreError) -> Result
    ) async throws(SealError) -> Result {
        do throws(StoreError) { return try await body() } catch { throw .store(error) }
    }

    private static func rootKey(of bootstrap: Bootstrap, from shares: [Shamir.Share]) throws(SealError) -> StoredKey {
        do throws(CryptoError) {
            let unsealKey = try AEADKey(UnsealKey.combine(shares, bootstrap.configuration))
            return try StoredKey(unsealKey.unwrap(bootstrap.sealedRoot.span, context: bootstrap.rootContext))
        } catch {
            throw SealError(error)
        }
    }
}
