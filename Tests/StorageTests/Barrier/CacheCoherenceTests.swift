import EngineKit
import Storage
import Synchronization
import Testing

@Suite struct CacheCoherenceTests {
    /// Writers count records up while readers peek and load: no reader ever sees a number go down, and at the end
    /// everybody sees the last one. A small cache makes rows come and go meanwhile.
    @Test(arguments: [1 << 20, 40_000], StoreBackend.all)
    func readersNeverSeeOlderValuesThanTheySaw(_ cacheBytes: Int, _ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let limits = BarrierLimits(cacheBytes: cacheBytes, indexBytes: 0)
            let barrier = try await TestVault(in: store, limits: limits).barrier
            let kinds = [TestVault.plain, TestVault.opened]
            let keys = (0..<12).map { StoreKey.test(kinds[$0 / 2 % 2], "k\($0)") }
            let isDone = Flag()
            try await withThrowingTaskGroup { group in
                for reader in 0..<4 {
                    group.addTask {
                        var generator = SplitMix(state: UInt64(reader))
                        var seen = [Int](repeating: 0, count: keys.count)
                        while !isDone.isRaised {
                            // Readers that never wait would keep the writers from running.
                            await Task.yield()
                            let index = Int.random(in: 0..<keys.count, using: &generator)
                            var count = 0
                            switch barrier.peek(keys[index]) {
                            case .present(let stored): count = stored.value.count
                            case .absent: count = 0
                            case .unknown: count = try await barrier.load([keys[index]])[0]?.value.count ?? 0
                            }
                            #expect(count >= seen[index])
                            seen[index] = max(seen[index], count)
                        }
                    }
                }
                group.addTask {
                    defer { isDone.raise() }
                    try await withThrowingTaskGroup { writers in
                        for writer in 0..<4 {
                            writers.addTask {
                                for count in 1...50 {
                                    for index in stride(from: writer, to: keys.count, by: 4) {
                                        var batch = WriteBatch()
                                        batch.writes = [(keys[index], .put([UInt8](repeating: 1, count: count)))]
                                        _ = try await barrier.commit(batch)
                                    }
                                }
                            }
                        }
                        try await writers.waitForAll()
                    }
                }
                try await group.waitForAll()
            }
            for key in keys { #expect(try await barrier.load([key])[0]?.value.count == 50) }
        }
    }

    /// Carriers are removed and made again under readers of the records that borrow their keys: a reader sees a
    /// body, or none; never an error, though the two rows are cached one by one.
    @Test func aBodyAndItsCarrierAreReadFromOneMoment() async throws {
        let barrier = try await TestVault(in: MemoryStore()).barrier
        let (carrier, body) = (StoreKey.test(TestVault.metadata, "s"), StoreKey.test(TestVault.version, "s"))
        let isDone = Flag()
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    while !isDone.isRaised {
                        await Task.yield()
                        switch barrier.peek(body) {
                        case .present(let stored): #expect(stored.value == Array("body".utf8))
                        case .absent: continue
                        case .unknown:
                            let found = try await barrier.text(body)
                            #expect(found == nil || found == "body")
                        }
                    }
                }
            }
            group.addTask {
                defer { isDone.raise() }
                for _ in 0..<300 {
                    try await barrier.put((carrier, "m"), (body, "body"))
                    try await barrier.delete(carrier, body)
                }
            }
            try await group.waitForAll()
        }
    }

    private func row(_ bytes: Int, _ revision: UInt64) -> SealedRow {
        SealedRow(
            value: SealedValue(readFromBackend: [1] + [UInt8](repeating: 0, count: bytes)),
            revision: Revision(revision))
    }

    private func commit(_ revision: UInt64, _ rows: (RowKey, SealedValue?)..., removing: [RowRange] = [])
        -> SealedCommit
    {
        SealedCommit(
            revision: Revision(revision), rows: rows.map { (key: $0.0, value: $0.1) }, removedRanges: removing)
    }

    private func revision(_ finding: SealedCache.Finding) -> UInt64? {
        if case .row(let row) = finding { row.revision.number } else { nil }
    }

    @Test func aReadThatACommitOvertookIsNotKept() {
        let cache = SealedCache(byteLimit: 1 << 20)
        let place = key(1)
        let token = cache.token(for: place)
        cache.apply(commit(5, (place, nil)))
        cache.fill(place, with: row(10, 4), asOf: Revision(4), token: token)
        guard case .unknown = cache.find(place) else {
            Issue.record("an old value came back")
            return
        }
        cache.fill(place, with: nil, asOf: Revision(5), token: cache.token(for: place))
        guard case .absent = cache.find(place) else {
            Issue.record("an absence was not kept")
            return
        }
    }

    @Test func anAbsenceWithoutADateIsNotKept() {
        let cache = SealedCache(byteLimit: 1 << 20)
        cache.fill(key(1), with: nil, asOf: nil, token: cache.token(for: key(1)))
        guard case .unknown = cache.find(key(1)) else {
            Issue.record("kept")
            return
        }
    }

    @Test func commitsReplaceOlderValuesOnly() {
        let cache = SealedCache(byteLimit: 1 << 20)
        cache.fill(key(1), with: row(1, 7), asOf: nil, token: cache.token(for: key(1)))
        cache.apply(commit(6, (key(1), row(1, 6).value)))
        #expect(revision(cache.find(key(1))) == 7)
        cache.apply(commit(8, (key(1), row(1, 8).value)))
        #expect(revision(cache.find(key(1))) == 8)
        cache.apply(commit(9, (key(1), nil)))
        guard case .absent = cache.find(key(1)) else {
            Issue.record("still there")
            return
        }
    }

    @Test func removedRangesAreForgotten() {
        let cache = SealedCache(byteLimit: 1 << 20)
        for name in 0..<20 as Range<UInt64> { cache.apply(commit(1, (key(name, realm: name % 2), row(1, 1).value))) }
        cache.apply(commit(2, removing: [.realm(0)]))
        for name in 0..<20 as Range<UInt64> {
            #expect((revision(cache.find(key(name, realm: name % 2))) == nil) == (name % 2 == 0))
        }
    }

    @Test func theCacheKeepsToItsLimitAndToWhatIsUsed() {
        let limit = 256 << 10
        let cache = SealedCache(byteLimit: limit)
        let hot = key(0)
        cache.apply(commit(1, (hot, row(100, 1).value)))
        for name in 1..<5000 as Range<UInt64> {
            cache.apply(commit(name, (key(name), row(100, name).value)))
            _ = cache.find(hot)
            #expect(cache.byteCount <= limit)
        }
        #expect(revision(cache.find(hot)) == 1)
        #expect(cache.byteCount > limit / 2)
        // A value too large for the cache leaves no older value behind.
        cache.apply(commit(9000, (hot, row(limit, 9000).value)))
        #expect(revision(cache.find(hot)) == nil)
        cache.removeAll()
        #expect(cache.byteCount == 0)
    }
}

/// Something that one task tells others once.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}
