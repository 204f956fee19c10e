import EngineKit
import Testing

@testable import Storage

@Suite struct ChangeFeedTests {
    private func notice(_ revision: UInt64, keys: Int = 1) -> ChangeNotice {
        let keys = (0..<keys).map { StoreKey.test(TestVault.plain, "k\($0)") }
        return ChangeNotice(revision: Revision(revision), keys: keys, realms: [])
    }

    private func describe(_ element: ChangeFeed.Element?) -> String {
        switch element {
        case .commit(let notice)?: "\(notice.revision.number)"
        case .gap(let revision)?: "gap to \(revision.number)"
        case nil: "end"
        }
    }

    @Test func aSubscriberHearsWhatCameBeforeAndWhatComes() async {
        let feed = ChangeFeed(floor: Revision(0))
        for revision in 1...3 as ClosedRange<UInt64> { feed.publish(notice(revision)) }
        var changes = feed.subscribe(after: Revision(1)).makeAsyncIterator()
        #expect(describe(await changes.next()) == "2")
        #expect(describe(await changes.next()) == "3")
        async let publishing: Void = feed.publish(notice(4))
        #expect(describe(await changes.next()) == "4")
        await publishing
        feed.finish()
        #expect(describe(await changes.next()) == "end")
    }

    @Test func aSubscriberThatFellBehindIsToldOfTheGap() async {
        let feed = ChangeFeed(floor: Revision(10), commitLimit: 4)
        var early = feed.subscribe(after: Revision(3)).makeAsyncIterator()
        for revision in 11...20 as ClosedRange<UInt64> { feed.publish(notice(revision)) }
        #expect(describe(await early.next()) == "gap to 20")
        feed.publish(notice(21))
        #expect(describe(await early.next()) == "21")
        var late = feed.subscribe(after: Revision(17)).makeAsyncIterator()
        #expect(describe(await late.next()) == "18")
        for revision in 22...30 as ClosedRange<UInt64> { feed.publish(notice(revision)) }
        #expect(describe(await late.next()) == "gap to 30")
    }

    @Test func aCommitWithMoreRecordsThanTheFeedRemembersIsAGap() async {
        let feed = ChangeFeed(floor: Revision(0), keyLimit: 10)
        var changes = feed.subscribe(after: Revision(0)).makeAsyncIterator()
        feed.publish(notice(1, keys: 11))
        #expect(describe(await changes.next()) == "gap to 1")
        feed.publish(notice(2, keys: 10))
        #expect(describe(await changes.next()) == "2")
    }

    @Test func aCancelledSubscriberEnds() async {
        let feed = ChangeFeed(floor: Revision(0))
        let task = Task {
            var count = 0
            for await _ in feed.subscribe(after: Revision(0)) { count += 1 }
            return count
        }
        task.cancel()
        #expect(await task.value == 0)
    }

    @Test func theBarrierTellsOfEveryCommitInOrder() async throws {
        let vault = try await TestVault(in: MemoryStore())
        let start = vault.store.revision
        try await withThrowingTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<10 {
                        try await vault.barrier.put((.test(TestVault.metadata, "t\(task)/\(round)"), ""))
                    }
                }
            }
            try await group.waitForAll()
        }
        var changes = try vault.barrier.changes(after: start).makeAsyncIterator()
        var revision = start
        var keys: Set<StoreKey> = []
        for _ in 0..<80 {
            guard case .commit(let notice)? = await changes.next() else {
                Issue.record("no commit")
                return
            }
            #expect(notice.revision > revision)
            #expect(notice.realms.isEmpty)
            #expect(notice.keys.count == 1)
            revision = notice.revision
            keys.formUnion(notice.keys)
        }
        #expect(keys.count == 80)
        vault.barrier.seal()
        #expect(describe(await changes.next()) == "end")
    }

    @Test func realmsComeAndGoInTheFeed() async throws {
        let vault = try await TestVault(in: MemoryStore())
        let other = Realm(high: 1, low: 2)
        var changes = try vault.barrier.changes(after: vault.store.revision).makeAsyncIterator()
        for change in [WriteBatch.RealmChange.create(other), .destroy(other)] {
            var batch = WriteBatch()
            batch.realmChanges = [change]
            _ = try await vault.barrier.commit(batch)
            guard case .commit(let notice)? = await changes.next() else {
                Issue.record("no commit")
                return
            }
            #expect(notice.realms == [other])
        }
    }

    /// Two nodes over one store: the second hears which realm the first has written in, and reads the new values.
    @Test func writesOfAnotherNodeNameTheirRealm() async throws {
        let store = SharedStore(MemoryStore())
        let vault = try await TestVault(in: store.node())
        let second = Barrier(over: store.node())
        try await BarrierLifecycle(of: second).unseal(with: vault.shares)
        let key = StoreKey.test(TestVault.plain, "a")
        #expect(try await second.text(key) == nil)
        var changes = try second.changes(after: store.inner.revision).makeAsyncIterator()
        try await vault.barrier.put((key, "from the first"))
        guard case .commit(let notice)? = await changes.next() else {
            Issue.record("no commit")
            return
        }
        #expect(notice.realms == [TestVault.realm])
        #expect(try await second.text(key) == "from the first")
        let other = Realm(high: 1, low: 2)
        var batch = WriteBatch(put: [(.test(TestVault.plain, "b", realm: other), "in a new realm")])
        batch.realmChanges = [.create(other)]
        _ = try await vault.barrier.commit(batch)
        #expect(try await second.text(.test(TestVault.plain, "b", realm: other)) == "in a new realm")
        _ = try await vault.barrier.rotate(now: 1)
        #expect(try second.keyStatus.term == 2)
        try await second.put((key, "from the second"))
        #expect(try await vault.barrier.text(key) == "from the second")
    }
}
