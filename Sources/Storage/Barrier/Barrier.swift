package import EngineKit
import Synchronization
import VaultCrypto

/// The wall between plaintext and storage: everything that is stored passes it, sealed.
///
/// Keys hang from each other: shares give the unseal key, which seals the root key, which seals the keyring. A term
/// of the keyring seals one random key for each realm, and one for each record that carries a key. Realm keys seal
/// records and names; carried keys seal the records that borrow them. Row keys are keyed hashes, so a store in the
/// wrong hands shows neither values nor names, only how many rows of which size there are.
///
/// While sealed, no key is in memory and every call fails with `StoreError.sealed`.
package final class Barrier: KeyValueStore {
    /// Where the sealed rows are.
    let store: any SealedStore
    private let limits: BarrierLimits
    private let foundDamage: @Sendable (_ row: String) -> Void
    private let opened = Mutex<OpenBarrier?>(nil)

    /// Makes a sealed barrier over a store. `BarrierLifecycle` initialises and unseals it.
    ///
    /// - Parameter foundDamage: hears of each row that was asked for and does not authenticate, by its opaque name.
    package init(
        over store: any SealedStore, limits: BarrierLimits = BarrierLimits(),
        foundDamage: @escaping @Sendable (_ row: String) -> Void = { _ in }
    ) {
        self.store = store
        self.limits = limits
        self.foundDamage = foundDamage
    }

    /// Whether no key is at hand.
    package var isSealed: Bool { opened.withLock { $0 == nil } }

    /// What is known about a record without waiting.
    package func peek(_ key: StoreKey) -> Peeked {
        opened.withLock { $0 }?.peek(key) ?? .unknown
    }

    /// The newest commit of a record that is at hand.
    package func peekRevision(_ key: StoreKey) -> Revision? {
        opened.withLock { $0 }?.peekRevision(key)
    }

    /// How often what is known of records may have become newer, as with each commit that is followed.
    package var changeCount: UInt64 { opened.withLock { $0 }?.changeCount ?? 0 }

    /// Reads records, in the order of the keys; `nil` for each that does not exist.
    package func load(_ keys: [StoreKey]) async throws(StoreError) -> [Stored?] {
        try await reportingDamage { barrier throws(StoreError) in try await barrier.load(keys) }
    }

    /// Lists names of a listed kind.
    package func list(_ listing: Listing) async throws(StoreError) -> NamePage {
        try await reportingDamage { barrier throws(StoreError) in try await barrier.list(listing) }
    }

    /// Applies a batch if each of its expectations holds, and answers only when it is durable.
    package func commit(_ batch: WriteBatch) async throws(StoreError) -> Revision {
        try await reportingDamage { barrier throws(StoreError) in try await barrier.commit(batch) }
    }

    /// The newest commit. Who subscribes to the changes after it and then reads misses nothing.
    package var revision: Revision { store.revision }

    /// The commits from now on, or from a revision on if it is not too old. It ends when the barrier is sealed.
    package func changes(after revision: Revision) throws(StoreError) -> ChangeFeed.Changes {
        try open().feed.subscribe(after: revision)
    }

    /// Which vault this is.
    package var cluster: ClusterIdentity {
        get throws(StoreError) { try open().cluster }
    }

    /// The keys for uses outside of the barrier: hashing token identifiers, and the audit log.
    package var keyring: Keyring {
        get throws(StoreError) { try open().keyring }
    }

    /// The barrier's inside, while it is unsealed.
    func open() throws(StoreError) -> OpenBarrier {
        guard let barrier = opened.withLock({ $0 }) else { throw .sealed }
        return barrier
    }

    private func reportingDamage<Answer>(
        _ body: (OpenBarrier) async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let barrier = try open()
        do throws(StoreError) {
            return try await body(barrier)
        } catch {
            if case .corrupted(let row) = error { foundDamage(row) }
            throw error
        }
    }

    /// Unseals with the root key: opens the keyring, follows the store's commits, loads the realms' keys.
    ///
    /// - Throws: `StoreError.corrupted` when the keyring or a realm cannot be opened.
    func unseal(with rootKey: StoredKey, _ record: Bootstrap, at revision: Revision) async throws(StoreError) {
        let barrier: OpenBarrier
        do throws(CryptoError) {
            barrier = try OpenBarrier(
                store: store, rootKey: rootKey, bootstrap: record, revision: revision,
                keyring: Keyring(opening: record, rootKey: rootKey), limits: limits)
        } catch {
            throw StoreError(opening: "the keyring in the bootstrap record", error)
        }
        store.observeCommits { [weak barrier] commit in barrier?.follow(commit) }
        barrier.feed.begin(after: store.revision)
        do throws(StoreError) {
            // What was committed between the reading of the record and the first observed commit.
            try await barrier.refreshBootstrap()
            try await barrier.loadRealms()
        } catch {
            store.observeCommits(nil)
            throw error
        }
        opened.withLock { $0 = barrier }
    }

    /// Lets go of all keys and of everything that was kept in memory.
    ///
    /// Calls under way finish on what they hold; the last of them wipes the keys.
    package func seal() {
        let barrier = opened.withLock { barrier in
            defer { barrier = nil }
            return barrier
        }
        guard let barrier else { return }
        store.observeCommits(nil)
        barrier.cache.removeAll()
        barrier.openedRecords.removeAll()
        barrier.indexes.removeAll()
        barrier.feed.finish()
    }
}
