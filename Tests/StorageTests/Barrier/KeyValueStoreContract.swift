import EngineKit
import Storage
import Testing

/// What engines rely on, over each backend.
@Suite struct KeyValueStoreContract {
    private func withBarrier(_ backend: StoreBackend, _ body: (Barrier) async throws -> Void) async throws {
        try await backend.withStore { store in try await body(TestVault(in: store).barrier) }
    }

    private static let kinds = [TestVault.plain, TestVault.metadata, TestVault.opened, RecordKind(id: 9)]

    @Test(arguments: StoreBackend.all, kinds)
    func whatWasPutIsRead(_ backend: StoreBackend, _ kind: RecordKind) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let key = StoreKey.test(kind, "a/b")
            #expect(try await barrier.text(key) == nil)
            let first = try await barrier.put((key, "one"))
            let second = try await barrier.put((key, "two"))
            #expect(first < second)
            let stored = try #require(try await barrier.load([key])[0])
            #expect(stored.value == Array("two".utf8))
            #expect(stored.revision == second)
            try await barrier.delete(key)
            #expect(try await barrier.text(key) == nil)
        }
    }

    /// Of kinds that stay opened the barrier keeps what it found, absences too; a commit of anything ends that.
    @Test(arguments: StoreBackend.all, kinds)
    func whatIsPeekedIsTheNewestCommit(_ backend: StoreBackend, _ kind: RecordKind) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let (key, other) = (StoreKey.test(kind, "a"), StoreKey.test(TestVault.plain, "b"))
            #expect(try await barrier.text(key) == nil)
            for text in ["one", "two"] {
                try await barrier.put((key, text))
                #expect(barrier.peekedText(key) == text)
                try await barrier.put((other, text))
                #expect(barrier.peekedText(key) == text)
            }
            try await barrier.delete(key)
            for _ in 0..<2 {
                guard case .absent = barrier.peek(key) else {
                    Issue.record("a deleted record is not absent")
                    return
                }
            }
            try await barrier.put((key, "three"))
            #expect(barrier.peekedText(key) == "three")
        }
    }

    @Test(arguments: StoreBackend.all)
    func loadAnswersInTheOrderOfTheKeys(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let keys = (0..<5).map { StoreKey.test(TestVault.plain, "k\($0)") }
            try await barrier.put((keys[3], "3"), (keys[1], "1"))
            let found = try await barrier.load(keys + [keys[1]])
            #expect(
                found.map { $0.map { String(decoding: $0.value, as: UTF8.self) } } == [nil, "1", nil, "3", nil, "1"])
        }
    }

    @Test(arguments: StoreBackend.all)
    func emptyValuesAndLargeValuesAreKept(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let large = String(repeating: "x", count: 1 << 20)
            let keys = [StoreKey.test(TestVault.plain, "empty"), .test(TestVault.metadata, "large")]
            try await barrier.put((keys[0], ""), (keys[1], large))
            #expect(try await barrier.text(keys[0])?.isEmpty == true)
            #expect(try await barrier.text(keys[1]) == large)
        }
    }

    @Test(arguments: StoreBackend.all)
    func aRecordBorrowsTheKeyOfItsCarrier(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let carrier = StoreKey.test(TestVault.metadata, "s")
            let versions = (1...3).map { StoreKey.test(TestVault.version, "s", ordinal: UInt64($0)) }
            try await barrier.put((versions[0], "v1"), (carrier, "m1"))
            try await barrier.put((versions[1], "v2"), (carrier, "m2"))
            try await barrier.put((versions[2], "v3"))
            for (version, text) in zip(versions, ["v1", "v2", "v3"]) {
                #expect(try await barrier.text(version) == text)
            }
        }
    }

    @Test(arguments: StoreBackend.all)
    func aBatchAppliesWholeOrNotAtAll(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let (a, b) = (StoreKey.test(TestVault.plain, "a"), StoreKey.test(TestVault.plain, "b"))
            let revision = try await barrier.put((a, "1"))
            for expectation in [WriteBatch.Expectation.absent, .at(Revision(revision.number + 1))] {
                await #expect(throws: StoreError.conflict) {
                    try await barrier.commit(
                        WriteBatch(expecting: [(a, expectation)], put: [(a, "2"), (b, "2")]))
                }
            }
            #expect(try await barrier.text(a) == "1")
            #expect(try await barrier.text(b) == nil)
            _ = try await barrier.commit(
                WriteBatch(expecting: [(a, .at(revision)), (b, .absent)], put: [(b, "2")], delete: [a]))
            #expect(try await barrier.text(a) == nil)
            #expect(try await barrier.text(b) == "2")
        }
    }

    @Test(arguments: StoreBackend.all)
    func peekKnowsWhatWasJustWrittenAndRead(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let (carrier, version) = (StoreKey.test(TestVault.metadata, "s"), StoreKey.test(TestVault.version, "s"))
            try await barrier.put((carrier, "m"), (version, "v"))
            for (key, text) in [(carrier, "m"), (version, "v")] {
                guard case .present(let stored) = barrier.peek(key) else {
                    Issue.record("not present")
                    continue
                }
                #expect(stored.value == Array(text.utf8))
            }
            let missing = StoreKey.test(TestVault.plain, "missing")
            guard case .unknown = barrier.peek(missing) else {
                Issue.record("known before it was read")
                return
            }
            #expect(try await barrier.text(missing) == nil)
            guard case .absent = barrier.peek(missing) else {
                Issue.record("not known after it was read")
                return
            }
        }
    }

    @Test(arguments: StoreBackend.all)
    func namesThatLookAlikeAreTwoRecords(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            // Canonically equivalent spellings: U+00E9, and e followed by U+0301.
            let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
            let keys = [composed, decomposed].map { StoreKey.test(TestVault.plain, $0) }
            try await barrier.put((keys[0], "1"), (keys[1], "2"))
            #expect(try await barrier.text(keys[0]) == "1")
            #expect(try await barrier.text(keys[1]) == "2")
            let page = try await barrier.list(Listing(of: Folder(TestVault.realm, TestVault.plain, [])))
            #expect(page.names == [Array(decomposed.utf8), Array(composed.utf8)])
            try await barrier.delete(keys[0])
            #expect(try await barrier.text(keys[1]) == "2")
        }
    }

    @Test(arguments: StoreBackend.all)
    func realmsKindsPathsAndOrdinalsAreApart(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let other = Realm(high: 1, low: 2)
            var batch = WriteBatch()
            batch.realmChanges = [.create(other)]
            let keys = [
                StoreKey.test(TestVault.plain, "a/b"), .test(TestVault.plain, "a/b", ordinal: 1),
                .test(TestVault.metadata, "a/b"), .test(TestVault.plain, "ab"), .test(TestVault.plain, "a/b/"),
                .test(TestVault.plain, "/a/b"), .test(TestVault.plain, "a//b"),
                .test(TestVault.plain, "a/b", realm: other),
            ]
            batch.writes = keys.enumerated().map { ($1, .put(Array("\($0)".utf8))) }
            _ = try await barrier.commit(batch)
            for (index, key) in keys.enumerated() { #expect(try await barrier.text(key) == "\(index)") }
        }
    }

    @Test(arguments: StoreBackend.all)
    func destroyingARealmRemovesItsRecordsAndNoOthers(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let other = Realm(high: 1, low: 2)
            let (kept, lost) = (StoreKey.test(TestVault.plain, "a"), StoreKey.test(TestVault.plain, "a", realm: other))
            var batch = WriteBatch(put: [(kept, "kept"), (lost, "lost")])
            batch.realmChanges = [.create(other)]
            _ = try await barrier.commit(batch)
            batch = WriteBatch()
            batch.realmChanges = [.destroy(other)]
            _ = try await barrier.commit(batch)
            #expect(try await barrier.text(kept) == "kept")
            #expect(try await barrier.text(lost) == nil)
            await #expect(throws: StoreError.self) { try await barrier.put((lost, "again")) }
            #expect(try await barrier.list(Listing(of: Folder(other, TestVault.plain, []))).names.isEmpty)
        }
    }

    @Test(arguments: StoreBackend.all)
    func creatingARealmTwiceConflicts(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let key = StoreKey.test(TestVault.plain, "a")
            try await barrier.put((key, "kept"))
            var batch = WriteBatch()
            batch.realmChanges = [.create(TestVault.realm)]
            await #expect(throws: StoreError.conflict) { try await barrier.commit(batch) }
            #expect(try await barrier.text(key) == "kept")
        }
    }

    @Test(arguments: StoreBackend.all)
    func concurrentIncrementsAllCount(_ backend: StoreBackend) async throws {
        try await withBarrier(backend) { (barrier) async throws in
            let key = StoreKey.test(TestVault.metadata, "counter")
            let transactor = Transactor(store: barrier)
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        _ = try await transactor.run { (transaction) throws(EngineError) in
                            let count = try transaction.get(key)?.count ?? 0
                            transaction.put(key, [UInt8](repeating: 0, count: count + 1))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await barrier.load([key])[0]?.value.count == 20)
        }
    }
}
