import EngineKit
import Storage
import Synchronization
import Testing

/// What happens when somebody commits between the moment a batch is sealed and the moment it is applied.
@Suite struct OvertakenCommitTests {
    private static let carrier = StoreKey.test(TestVault.metadata, "s")
    private static let version = StoreKey.test(TestVault.version, "s", ordinal: 1)

    private func withVault(_ body: (TestVault, MeddlingStore) async throws -> Void) async throws {
        let store = MeddlingStore(MemoryStore())
        let vault = try await TestVault(in: store)
        try await vault.barrier.put((Self.carrier, "m1"), (Self.version, "v1"))
        try await body(vault, store)
    }

    @Test func aBodySealedForACarrierThatWasReplacedIsSealedAnew() async throws {
        try await withVault { (vault, store) async throws in
            store.meddle {
                try await vault.barrier.delete(Self.carrier, Self.version)
                try await vault.barrier.put((Self.carrier, "m2"))
            }
            try await vault.barrier.put((Self.version, "v2"))
            #expect(try await vault.barrier.text(Self.version) == "v2")
            #expect(try await vault.barrier.text(Self.carrier) == "m2")
        }
    }

    @Test func aBodyWhoseCarrierWentIsNotWritten() async throws {
        try await withVault { (vault, store) async throws in
            store.meddle { try await vault.barrier.delete(Self.carrier, Self.version) }
            await #expect(throws: StoreError.conflict) { try await vault.barrier.put((Self.version, "v2")) }
            #expect(try await vault.barrier.text(Self.version) == nil)
        }
    }

    @Test func aCarrierThatWasReplacedKeepsItsNewKey() async throws {
        try await withVault { (vault, store) async throws in
            store.meddle {
                try await vault.barrier.delete(Self.carrier, Self.version)
                try await vault.barrier.put((Self.carrier, "m2"), (Self.version, "v2"))
            }
            try await vault.barrier.put((Self.carrier, "m3"))
            #expect(try await vault.barrier.text(Self.carrier) == "m3")
            #expect(try await vault.barrier.text(Self.version) == "v2")
        }
    }

    @Test func twoFirstPutsOfACarrierShareOneKey() async throws {
        try await withVault { (vault, store) async throws in
            let (carrier, bodies) = (
                StoreKey.test(TestVault.metadata, "new"),
                (1...2).map { StoreKey.test(TestVault.version, "new", ordinal: $0) }
            )
            store.meddle { try await vault.barrier.put((carrier, "first"), (bodies[0], "b1")) }
            try await vault.barrier.put((carrier, "second"), (bodies[1], "b2"))
            #expect(try await vault.barrier.text(carrier) == "second")
            #expect(try await vault.barrier.text(bodies[0]) == "b1")
            #expect(try await vault.barrier.text(bodies[1]) == "b2")
        }
    }

    @Test func theCallersOwnExpectationIsNotRetried() async throws {
        try await withVault { (vault, store) async throws in
            let stored = try #require(try await vault.barrier.load([Self.carrier])[0])
            store.meddle { try await vault.barrier.put((Self.carrier, "m2")) }
            await #expect(throws: StoreError.conflict) {
                try await vault.barrier.commit(
                    WriteBatch(expecting: [(Self.carrier, .at(stored.revision))], put: [(Self.carrier, "m3")]))
            }
            #expect(try await vault.barrier.text(Self.carrier) == "m2")
        }
    }

    @Test func nothingIsWrittenIntoARealmThatWasDestroyed() async throws {
        try await withVault { (vault, store) async throws in
            store.meddle {
                var batch = WriteBatch()
                batch.realmChanges = [.destroy(TestVault.realm)]
                _ = try await vault.barrier.commit(batch)
            }
            await #expect(throws: StoreError.self) { try await vault.barrier.put((.test(TestVault.plain, "a"), "")) }
            // The bootstrap record and the key of the system's realm.
            #expect(try await vault.rows().count == 2)
        }
    }

    @Test func rewrappingDoesNotUndoAWrite() async throws {
        try await withVault { (vault, store) async throws in
            _ = try await vault.barrier.rotate(now: 1)
            store.meddle { try await vault.barrier.put((Self.carrier, "m2"), (Self.version, "v2")) }
            #expect(try await vault.barrier.rewrapAll().isComplete)
            #expect(try await vault.barrier.text(Self.carrier) == "m2")
            #expect(try await vault.barrier.text(Self.version) == "v2")
            // Nothing is left to do: the overtaken rows were brought over too.
            #expect(try await vault.barrier.rewrapAll().rewrapped == 0)
        }
    }

    @Test func aRotationOvertakenByAnotherAddsItsTermAfterIt() async throws {
        try await withVault { (vault, store) async throws in
            store.meddle { _ = try await vault.barrier.rotate(now: 1) }
            #expect(try await vault.barrier.rotate(now: 2) == KeyStatus(term: 3, installed: 2, encryptions: 0))
            #expect(try await vault.reopened().text(Self.version) == "v1")
        }
    }
}

/// A store that lets somebody in just before a commit, once.
private final class MeddlingStore: SealedStore {
    private let inner: MemoryStore
    private let meddler = Mutex<(@Sendable () async throws -> Void)?>(nil)

    init(_ inner: MemoryStore) { self.inner = inner }

    /// What is to happen before the next commit.
    func meddle(_ body: @escaping @Sendable () async throws -> Void) {
        meddler.withLock { $0 = body }
    }

    var kind: String { inner.kind }
    var revision: Revision { inner.revision }

    func get(_ keys: [RowKey]) async throws(StoreError) -> [SealedRow?] { try await inner.get(keys) }

    func rows(
        in range: RowRange, after: RowKey?, limit: Int
    ) async throws(StoreError) -> [(key: RowKey, row: SealedRow)] {
        try await inner.rows(in: range, after: after, limit: limit)
    }

    func commit(_ batch: SealedBatch) async throws(StoreError) -> Revision {
        let body = meddler.withLock { meddler in
            defer { meddler = nil }
            return meddler
        }
        do { try await body?() } catch { Issue.record(error) }
        return try await inner.commit(batch)
    }

    func observeCommits(_ observer: (@Sendable (SealedCommit) -> Void)?) { inner.observeCommits(observer) }

    func close() async { await inner.close() }
}
