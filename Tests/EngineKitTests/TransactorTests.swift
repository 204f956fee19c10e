import EngineKit
import Testing

@Suite struct TransactorTests {
    private static let kind = RecordKind(id: 9)
    private let store = ScriptedStore()
    private var transactor: Transactor { Transactor(store: store) }

    private func key(_ name: String, realm: Realm = Realm(high: 1, low: 1)) -> StoreKey {
        StoreKey(realm, Self.kind, Array(name.utf8))
    }

    @Test func loadsWhatIsMissingAndRunsTheHandlerAgain() async throws {
        store.set(key("a"), [1])
        var runs = 0
        let outcome = try await transactor.run { transaction throws(EngineError) in
            runs += 1
            let first = try transaction.get(key("a"))
            return (first, try transaction.get(key("b")))
        }
        #expect(outcome.answer.0 == [1])
        #expect(outcome.answer.1 == nil)
        #expect(outcome.revision == nil)
        #expect(runs == 3)
        #expect(store.with { $0.loads } == [[key("a")], [key("b")]])
    }

    @Test func effectsHappenOnceForTheAttemptThatCounts() async throws {
        store.set(key("a"), [1])
        var effects = 0
        _ = try await transactor.run { transaction throws(EngineError) in
            transaction.afterwards { effects += 1 }
            _ = try transaction.get(key("a"))
            _ = try transaction.get(key("b"))
            transaction.put(key("c"), [3])
        }
        #expect(effects == 1)
    }

    @Test func effectsOfAFailedTransactionDoNotHappen() async throws {
        var effects = 0
        await #expect(throws: EngineError.self) {
            _ = try await transactor.run { transaction throws(EngineError) in
                transaction.afterwards { effects += 1 }
                throw EngineError.notFound
            }
        }
        // What would write is left to a run that may wait, so nothing has happened yet.
        _ = try transactor.runNow { transaction throws(EngineError) in
            transaction.afterwards { effects += 1 }
            transaction.put(key("c"), [3])
        }
        #expect(effects == 0)
    }

    @Test func needLoadsAllWithOneRoundTrip() async throws {
        store.set(key("a"), [1])
        let keys = ["a", "b", "c"].map { key($0) }
        let outcome = try await transactor.run { transaction throws(EngineError) in
            transaction.put(key("c"), [3])
            try transaction.need(keys)
            return try keys.map { (key) throws(EngineError) in try transaction.get(key) }
        }
        #expect(outcome.answer == [[1], nil, [3]])
        #expect(store.with { $0.loads } == [[key("a"), key("b")]])
    }

    @Test func knownRecordsNeedNoLoading() async throws {
        store.set(key("a"), [1])
        store.with { [keys = [key("a"), key("b")]] in $0.known = Set(keys) }
        let found = try await transactor.run { transaction throws(EngineError) in
            (try transaction.get(key("a")), try transaction.get(key("b")))
        }
        #expect(found.answer.0 == [1])
        #expect(found.answer.1 == nil)
        #expect(store.with { $0.loads }.isEmpty)
    }

    @Test func readsSeeTheTransactionsOwnWrites() async throws {
        store.set(key("a"), [1])
        let outcome = try await transactor.run { transaction throws(EngineError) in
            transaction.put(key("a"), [2])
            let written = try transaction.get(key("a"))
            transaction.delete(key("a"))
            let deleted = try transaction.get(key("a"))
            return (written, deleted, try transaction.stored(key("a"))?.value)
        }
        #expect(outcome.answer.0 == [2])
        #expect(outcome.answer.1 == nil)
        #expect(outcome.answer.2 == [1])
        #expect(store.value(key("a")) == nil)
    }

    @Test func everyReadBecomesAnExpectation() async throws {
        store.set(key("a"), [1])
        _ = try await transactor.run { transaction throws(EngineError) in
            _ = try transaction.get(key("a"))
            _ = try transaction.get(key("b"))
            transaction.put(key("c"), [3])
            transaction.delete(key("d"))
        }
        let batch = try #require(store.with { $0.batches }.first)
        let expected = Dictionary(uniqueKeysWithValues: batch.expectations.map { ($0.key, $0.expectation) })
        #expect(expected == [key("a"): .at(Revision(1)), key("b"): .absent])
        #expect(batch.writes.map(\.key) == [key("c"), key("d")])
    }

    @Test func theLastWriteOfARecordCounts() async throws {
        _ = try await transactor.run { transaction throws(EngineError) in
            transaction.put(key("a"), [1])
            transaction.put(key("b"), [1])
            transaction.delete(key("a"))
            transaction.put(key("a"), [2])
        }
        #expect(store.with { $0.batches }.first?.writes.map(\.key) == [key("a"), key("b")])
        #expect(store.value(key("a")) == [2])
    }

    @Test func aConflictReadsAndDecidesAgain() async throws {
        store.set(key("n"), [1])
        store.with { [key = key("n")] in $0.intrusions = [(key, [10]), (key, [20])] }
        let outcome = try await transactor.run { transaction throws(EngineError) in
            let next = (try transaction.get(key("n"))?.first ?? 0) + 1
            transaction.put(key("n"), [next])
            return next
        }
        #expect(outcome.answer == 21)
        #expect(store.value(key("n")) == [21])
        #expect(store.with { $0.batches.count } == 3)
    }

    @Test func conflictsEndAtTheLimit() async {
        store.with { $0.failures = Array(repeating: .conflict, count: Transactor.conflictLimit + 1) }
        let error = await #expect(throws: EngineError.self) {
            try await transactor.run { transaction throws(EngineError) in transaction.put(key("a"), [1]) }
        }
        guard case .store(.conflict)? = error else {
            Issue.record("expected the conflict to be reported")
            return
        }
        #expect(store.with { $0.batches.count } == Transactor.conflictLimit + 1)
    }

    @Test(arguments: [StoreError.sealed, .tooLarge("8"), .unavailable("disk"), .corrupted("row")])
    func otherFailuresAreReportedAtOnce(failure: StoreError) async {
        store.with { $0.failures = [failure] }
        let error = await #expect(throws: EngineError.self) {
            try await transactor.run { transaction throws(EngineError) in transaction.put(key("a"), [1]) }
        }
        guard case .store(let reported)? = error else {
            Issue.record("expected the failure of the store")
            return
        }
        #expect(reported == failure)
        #expect(store.with { $0.batches.count } == 1)
        store.with { $0.loadFailure = failure }
        await #expect(throws: EngineError.self) {
            try await transactor.run { transaction throws(EngineError) in try transaction.get(key("b")) }
        }
    }

    @Test func aRunThatThrowsWritesNothing() async {
        await #expect(throws: EngineError.self) {
            try await transactor.run { transaction throws(EngineError) in
                transaction.put(key("a"), [1])
                throw .notFound
            }
        }
        #expect(store.with { $0.batches.isEmpty })
    }

    @Test func writesOfEarlierRunsAreForgotten() async throws {
        var runs = 0
        _ = try await transactor.run { transaction throws(EngineError) in
            runs += 1
            transaction.put(key("run\(runs)"), [1])
            _ = try transaction.get(key("a"))
        }
        #expect(store.with { $0.batches }.first?.writes.map(\.key) == [key("run2")])
    }

    @Test func anInconsistentReadReadsAgain() async throws {
        var runs = 0
        let outcome = try await transactor.run { transaction throws(EngineError) in
            runs += 1
            _ = try transaction.get(key("a"))
            if runs < 4 { throw .inconsistentRead }
            return runs
        }
        #expect(outcome.answer == 4)
        #expect(store.with { $0.loads } == [[key("a")], [key("a")]])
        let error = await #expect(throws: EngineError.self) {
            try await transactor.run { _ throws(EngineError) -> Int in throw .inconsistentRead }
        }
        guard case .inconsistentRead? = error else {
            Issue.record("expected the inconsistency to be reported in the end")
            return
        }
    }

    @Test func anInconsistentReadWaitsForACommitThatIsSlowToBeSeen() async throws {
        let clock = ContinuousClock()
        let seen = clock.now.advanced(by: .milliseconds(30))
        let outcome = try await transactor.run { _ throws(EngineError) in
            if clock.now < seen { throw .inconsistentRead }
            return 1
        }
        #expect(outcome.answer == 1)
    }

    @Test func listingsAreLoadedOnce() async throws {
        store.with { $0.names = [[0x61], [0x62]] }
        let listing = Listing(of: Folder(.system, Self.kind, Array("f/".utf8)))
        let outcome = try await transactor.run { transaction throws(EngineError) in
            let first = try transaction.list(listing).names
            _ = try transaction.get(key("a"))
            return first + (try transaction.list(listing).names)
        }
        #expect(outcome.answer.count == 4)
        #expect(store.with { $0.lists } == 1)
        #expect(listing.folder.path == Array("f".utf8))
    }

    @Test func tellsWhichSystemRecordsWereWritten() async throws {
        let other = RecordKind(id: 3)
        let outcome = try await transactor.run { transaction throws(EngineError) in
            transaction.put(key("a", realm: .system), [1])
            transaction.put(StoreKey(Realm(high: 1, low: 1), other, []), [1])
        }
        #expect(outcome.systemKinds == [Self.kind])
        #expect(outcome.revision == Revision(1))
    }

    @Test func runNowOnlyAnswersFromWhatIsAtHand() throws {
        store.set(key("a"), [1])
        let read = { (transaction: Transaction) throws(EngineError) in try transaction.get(key("a")) ?? [] }
        #expect(try transactor.runNow(read) == nil)
        store.with { [key = key("a")] in _ = $0.known.insert(key) }
        #expect(try transactor.runNow(read) == [1])
        #expect(
            try transactor.runNow { transaction throws(EngineError) in transaction.put(key("a"), [2]) } == nil)
        #expect(store.value(key("a")) == [1])
        #expect(throws: EngineError.self) {
            try transactor.runNow { _ throws(EngineError) -> Int in throw .notFound }
        }
    }
}
