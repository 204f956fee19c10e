import EngineKit
import Storage
import Synchronization
import Testing

/// What every sealed store must promise about commits: their numbers, their order, who hears of them, and the end.
@Suite struct SealedStoreCommitContract {
    @Test(arguments: StoreBackend.all)
    func revisionsRiseByOneAndConflictsUseNone(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            #expect(store.revision == Revision(0))
            for number in 1...20 as ClosedRange<UInt64> {
                await #expect(throws: StoreError.conflict) {
                    try await store.commit(SealedBatch(expecting: [(key(1), .at(Revision(.max)))], .delete(key(1))))
                }
                let revision = try await store.commit(SealedBatch(.put(key(1), value("a"))))
                #expect(revision == Revision(number))
                #expect(store.revision == Revision(number))
            }
        }
    }

    @Test(arguments: StoreBackend.durable)
    func dataAndRevisionsOutliveTheStore(_ backend: StoreBackend) async throws {
        try await backend.withFixture { fixture in
            let first = try await fixture.open()
            _ = try await first.commit(SealedBatch(.put(key(1), value("a")), .put(key(2), value("b"))))
            let removed = try await first.commit(SealedBatch(.delete(key(1))))
            await first.close()
            let second = try await fixture.open()
            #expect(second.revision == removed)
            #expect(try await second.text(key(1)) == nil)
            #expect(try await second.text(key(2)) == "b")
            let next = try await second.commit(SealedBatch(.put(key(1), value("c"))))
            #expect(next > removed)
            await second.close()
        }
    }

    @Test(arguments: StoreBackend.all)
    func theObserverHearsInOrderBeforeTheCommitReturns(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let heard = Heard()
            store.observeCommits { heard.append($0) }
            try await withThrowingTaskGroup { group in
                for number in 0..<64 as Range<UInt64> {
                    group.addTask {
                        let revision = try await store.commit(SealedBatch(.put(key(number), value("\(number)"))))
                        #expect(heard.revisions.contains(revision))
                        #expect(store.revision >= revision)
                    }
                }
                try await group.waitForAll()
            }
            #expect(heard.revisions == (1...64).map { Revision($0) })
            store.observeCommits(nil)
            _ = try await store.commit(SealedBatch(.delete(key(1))))
            #expect(heard.revisions.count == 64)
        }
    }

    @Test(arguments: StoreBackend.all)
    func aCommitNamesTheRowsItReallyWrote(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            _ = try await store.commit(SealedBatch(.put(key(1), value("a"))))
            let heard = Heard()
            store.observeCommits { heard.append($0) }
            _ = try await store.commit(
                SealedBatch(
                    .putIfAbsent(key(1), value("b")), .putIfAbsent(key(2), value("b")), .delete(key(3)),
                    .deleteIfEmpty(key(1), .realm(1)), .put(key(4), value("b")), .put(key(4), value("c")),
                    .deleteIfEmpty(key(1), .realm(2))))
            let commit = try #require(heard.commits.first)
            #expect(commit.rows.map(\.key) == [key(2), key(4), key(1)])
            #expect(commit.rows.map { $0.value?.bytes } == [value("b").bytes, value("c").bytes, nil])
            #expect(commit.removedRanges.isEmpty)
        }
    }

    @Test(arguments: StoreBackend.all)
    func concurrentIncrementsLoseNothing(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let revisions = try await withThrowingTaskGroup(of: Revision.self) { group in
                for _ in 0..<64 { group.addTask { try await store.increment(key(1)) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(try await store.counter(key(1)).count == 64)
            #expect(Set(revisions).count == 64)
            #expect(store.revision == Revision(64))
        }
    }

    /// A read that begins after a commit was answered sees it, and no later read goes back.
    @Test(arguments: StoreBackend.all)
    func readsSeeTheNewestCommit(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let last = 200
            let answered = Gauge()
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        var newest = 0
                        while newest < last {
                            let floor = max(newest, answered.value)
                            let rows = try await store.get([key(1), key(2)])
                            let texts = rows.map { $0.map { String(decoding: $0.value.bytes, as: UTF8.self) } }
                            #expect(texts[0] == texts[1], "both rows are written by each commit")
                            newest = Int(texts[0] ?? "0") ?? -1
                            try #require(newest >= floor)
                        }
                    }
                }
                for number in 1...last {
                    let text = value("\(number)")
                    _ = try await store.commit(SealedBatch(.put(key(1), text), .put(key(2), text)))
                    answered.value = number
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: StoreBackend.all)
    func aClosedStoreRefusesEverything(_ backend: StoreBackend) async throws {
        try await backend.withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.commit(SealedBatch(.put(key(1), value("a"))))
            await store.close()
            await store.close()
            let isUnavailable = { (error: any Error) in
                if case .unavailable? = error as? StoreError { true } else { false }
            }
            await #expect(performing: { _ = try await store.get([key(1)]) }, throws: isUnavailable)
            await #expect(
                performing: { _ = try await store.rows(in: .all, after: nil, limit: 1) }, throws: isUnavailable)
            await #expect(
                performing: { _ = try await store.commit(SealedBatch(.delete(key(1)))) }, throws: isUnavailable)
        }
    }

    @Test(arguments: StoreBackend.durable)
    func closingFinishesExactlyWhatWasAccepted(_ backend: StoreBackend) async throws {
        try await backend.withFixture { fixture in
            let store = try await fixture.open()
            var accepted: Set<UInt64> = []
            try await withThrowingTaskGroup(of: UInt64?.self) { group in
                for number in 0..<256 as Range<UInt64> {
                    group.addTask {
                        if number == 128 { await store.close() }
                        do throws(StoreError) {
                            _ = try await store.commit(SealedBatch(.put(key(number), value("a"))))
                            return number
                        } catch {
                            guard case .unavailable = error else { throw error }
                            return nil
                        }
                    }
                }
                for try await number in group { if let number { accepted.insert(number) } }
            }
            let reopened = try await fixture.open()
            let found = try await reopened.rows(in: .all, after: nil, limit: .max).map(\.key)
            #expect(found == accepted.sorted().map { key($0) })
            #expect(!accepted.contains(128))
            await reopened.close()
        }
    }
}

/// The commits an observer has heard of.
final class Heard: Sendable {
    private let list = Mutex<[SealedCommit]>([])

    var commits: [SealedCommit] { list.withLock { $0 } }
    var revisions: [Revision] { commits.map(\.revision) }

    func append(_ commit: SealedCommit) { list.withLock { $0.append(commit) } }
}
