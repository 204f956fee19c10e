import EngineKit
import Storage
import Testing
import VaultCrypto

/// A vault of a test's own: initialised, unsealed, with one realm.
struct TestVault: Sendable {
    let store: any SealedStore
    let barrier: Barrier
    let lifecycle: BarrierLifecycle
    let shares: [Shamir.Share]

    static let realm = Realm(high: 0xC0FF_EE00_DEAD_10CC, low: 0x0123_4567_89AB_CDEF)
    /// A kind whose names are listed and whose records carry keys.
    static let metadata = RecordKind(id: 1, isListed: true, keying: .carriesKey)
    /// A kind that borrows the keys of `metadata`.
    static let version = RecordKind(id: 2, keying: .borrowsKey(from: 1))
    /// A kind sealed with the realm's key, listed.
    static let plain = RecordKind(id: 3, isListed: true)
    /// A kind of which the barrier keeps what it found.
    static let opened = RecordKind(id: 4, staysOpened: true)
    static let cluster = ClusterIdentity(id: Array(1...16), name: Array("test".utf8))

    /// Makes a vault in a store.
    init(
        in store: any SealedStore, shares: Int = 1, threshold: Int = 1, limits: BarrierLimits = BarrierLimits()
    ) async throws {
        self.store = store
        barrier = Barrier(over: store, limits: limits)
        lifecycle = BarrierLifecycle(of: barrier)
        let configuration = try SealConfiguration(shares: shares, threshold: threshold)
        self.shares = try await lifecycle.initialize(configuration, cluster: #require(Self.cluster), now: 1000)
        var batch = WriteBatch()
        batch.realmChanges = [.create(Self.realm)]
        _ = try await barrier.commit(batch)
    }

    /// Another barrier over the same store, unsealed with the same shares and with nothing in memory.
    func reopened() async throws -> Barrier {
        barrier.seal()
        let fresh = Barrier(over: store)
        try await BarrierLifecycle(of: fresh).unseal(with: shares)
        return fresh
    }

    /// All rows of the store.
    func rows() async throws -> [(key: RowKey, row: SealedRow)] {
        try await store.rows(in: .all, after: nil, limit: .max)
    }

    /// Puts bytes into a row, as somebody with the database in hands could.
    func overwrite(_ row: RowKey, _ bytes: [UInt8]) async throws {
        _ = try await store.commit(SealedBatch(.put(row, SealedValue(readFromBackend: bytes))))
    }
}

extension StoreKey {
    /// A record of the test's realm.
    static func test(_ kind: RecordKind, _ path: String, ordinal: UInt64 = 0, realm: Realm = TestVault.realm)
        -> StoreKey
    {
        StoreKey(realm, kind, Array(path.utf8), ordinal: ordinal)
    }
}

extension WriteBatch {
    /// A batch in one expression.
    init(
        expecting expectations: [(key: StoreKey, expectation: Expectation)] = [],
        put values: [(StoreKey, String)] = [], delete: [StoreKey] = []
    ) {
        self.init()
        self.expectations = expectations
        writes = values.map { ($0.0, .put(Array($0.1.utf8))) } + delete.map { ($0, .delete) }
    }
}

extension KeyValueStore {
    /// Stores texts.
    @discardableResult
    func put(_ values: (StoreKey, String)...) async throws -> Revision {
        try await commit(WriteBatch(put: values))
    }

    /// Removes records.
    @discardableResult
    func delete(_ keys: StoreKey...) async throws -> Revision {
        try await commit(WriteBatch(delete: keys))
    }

    /// The text of a record.
    func text(_ key: StoreKey) async throws -> String? {
        try await load([key])[0].map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// A record that is at hand as text; `nil` when there is none.
    func peekedText(_ key: StoreKey) -> String? {
        guard case .present(let stored) = peek(key) else { return nil }
        return String(decoding: stored.value, as: UTF8.self)
    }

    /// The names of a folder.
    func names(
        _ kind: RecordKind, _ folder: String = "", recursive: Bool = false, after: String? = nil, limit: Int = .max
    ) async throws -> [String] {
        let page = try await list(
            Listing(
                of: Folder(TestVault.realm, kind, Array(folder.utf8)), isRecursive: recursive,
                after: after.map { Array($0.utf8) }, limit: limit))
        return page.names.map { String(decoding: $0, as: UTF8.self) }
    }
}
