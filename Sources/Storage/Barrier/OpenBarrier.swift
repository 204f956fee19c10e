import EngineKit
import Synchronization
import VaultCrypto

/// The barrier while it is unsealed: the keys, and what is kept in memory of the store.
///
/// Everything here follows the store's commits (`follow`). Sealing lets go of this object; calls under way finish on
/// it, and the last of them wipes the keys.
final class OpenBarrier: Sendable {
    private struct State {
        var bootstrap: Bootstrap
        var bootstrapRevision: Revision
        var keyring: Keyring
    }

    /// Where the sealed rows are.
    let store: any SealedStore
    /// Which vault this is.
    let cluster: ClusterIdentity
    /// Seals the keyring.
    let rootKey: StoredKey
    /// Computes row keys.
    let addressing: RowAddressing
    /// Recently used rows.
    let cache: SealedCache
    /// What nearly each request asks for.
    let openedRecords = OpenedRecords()
    /// Names of large folders.
    let indexes: FolderIndexes
    /// Names the records of commits under way.
    let commitNames = CommitNames()
    /// Tells of commits.
    let feed: ChangeFeed
    private let state: Mutex<State>
    private let realms = Mutex(RealmKeys())
    private let changes = Atomic<UInt64>(0)

    /// Makes an open barrier out of opened keys. It knows no realm until `loadRealms`.
    init(
        store: any SealedStore, rootKey: StoredKey, bootstrap: Bootstrap, revision: Revision, keyring: Keyring,
        limits: BarrierLimits
    ) throws(CryptoError) {
        self.store = store
        self.rootKey = rootKey
        cluster = bootstrap.cluster
        addressing = try RowAddressing(indexKey: keyring.indexKey.bytes)
        cache = SealedCache(byteLimit: limits.cacheBytes)
        indexes = FolderIndexes(byteLimit: limits.indexBytes)
        feed = ChangeFeed(floor: store.revision)
        state = Mutex(State(bootstrap: bootstrap, bootstrapRevision: revision, keyring: keyring))
    }

    /// The keyring now.
    var keyring: Keyring { state.withLock { $0.keyring } }

    /// The bootstrap record now, with the commit that wrote it.
    var bootstrap: (record: Bootstrap, revision: Revision) {
        state.withLock { ($0.bootstrap, $0.bootstrapRevision) }
    }

    /// How often what is known of records may have become newer, as with each commit that is followed.
    var changeCount: UInt64 { changes.load(ordering: .acquiring) }

    /// Counts that what is known of records may be newer now.
    func countChange() { changes.add(1, ordering: .releasing) }

    /// A realm's key, if it is known.
    func knownRealm(_ realm: Realm) -> RealmKey? { realms.withLock { $0[realm] } }

    /// The realm whose rows have a tag.
    func knownRealm(tag: UInt64) -> RealmKey? { realms.withLock { $0[tag: tag] } }

    /// A realm's key; read from the store when it is not known, as when another node has just made the realm.
    ///
    /// - Parameter refreshing: whether to read it anyway.
    /// - Returns: `nil` when there is no such realm.
    func realm(_ realm: Realm, refreshing: Bool = false) async throws(StoreError) -> RealmKey? {
        if !refreshing, let known = knownRealm(realm) { return known }
        let row = addressing.row(of: realm)
        guard let sealed = try await store.get([row]).first ?? nil else { return nil }
        let key = try openRealm(row, sealed)
        realms.withLock { $0.add(key) }
        return key
    }

    /// Reads the keys of all realms.
    func loadRealms() async throws(StoreError) {
        let pageSize = 256
        var cursor: RowKey?
        while true {
            let page = try await store.rows(in: addressing.realms.range, after: cursor, limit: pageSize)
            for (row, sealed) in page {
                let key = try openRealm(row, sealed)
                realms.withLock { $0.add(key) }
            }
            guard page.count == pageSize, let last = page.last else { return }
            cursor = last.key
        }
    }

    /// Takes in a bootstrap record if it is newer than the one known, and the keyring in it.
    ///
    /// - Throws: `CryptoError` when the record cannot be read or its keyring not be opened; the old one stays then.
    func adopt(_ value: SealedValue, at revision: Revision) throws(CryptoError) {
        guard revision > bootstrap.revision else { return }
        guard let record = Bootstrap(decoding: value), record.cluster.id == cluster.id else { throw .malformed }
        let old = keyring
        let new = record.keyringGeneration > old.generation ? try Keyring(opening: record, rootKey: rootKey) : old
        state.withLock { state in
            guard revision > state.bootstrapRevision else { return }
            state.bootstrap = record
            state.bootstrapRevision = revision
            if new.generation > state.keyring.generation { state.keyring = new }
        }
    }

    /// Follows a commit of the store. Called in the order of revisions.
    func follow(_ commit: SealedCommit) {
        var changedRealms: Set<Realm> = []
        for case .realm(let tag) in commit.removedRanges {
            if let realm = knownRealm(tag: tag) { changedRealms.insert(realm.realm) }
        }
        let (keys, unnamed) = commitNames.names(in: commit)
        for tag in unnamed {
            if let realm = knownRealm(tag: tag) { changedRealms.insert(realm.realm) }
        }
        for (row, value) in commit.rows where row.words[0] == RowKey.ownRealmTag {
            if let realm = followOwnRow(row, value, commit.revision) { changedRealms.insert(realm) }
        }
        cache.apply(commit)
        indexes.apply(commit)
        countChange()
        guard !keys.isEmpty || !changedRealms.isEmpty else { return }
        feed.publish(ChangeNotice(revision: commit.revision, keys: keys, realms: Array(changedRealms)))
    }

    /// - Returns: the realm that came or went.
    private func followOwnRow(_ row: RowKey, _ value: SealedValue?, _ revision: Revision) -> Realm? {
        guard row != .bootstrap else {
            // A record that cannot be read is not followed; the next unseal, which needs it, reports it.
            if let value { try? adopt(value, at: revision) }
            return nil
        }
        guard let value else {
            return realms.withLock { realms in
                defer { realms.remove(row, at: revision) }
                return realms[row: row]?.realm
            }
        }
        // A realm key that cannot be read is not followed; whoever needs the realm reads the row and gets the error.
        guard let key = try? openRealm(row, SealedRow(value: value, revision: revision)) else { return nil }
        return realms.withLock { realms in
            defer { realms.add(key) }
            return realms[key.realm] == nil ? key.realm : nil
        }
    }
}

/// How much memory the barrier may use.
package struct BarrierLimits: Sendable {
    /// Bytes of sealed rows kept.
    package var cacheBytes: Int
    /// Bytes of names of large folders kept.
    package var indexBytes: Int

    /// Chooses limits.
    package init(cacheBytes: Int = 24 << 20, indexBytes: Int = 16 << 20) {
        self.cacheBytes = cacheBytes
        self.indexBytes = indexBytes
    }
}
