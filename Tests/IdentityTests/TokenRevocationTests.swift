import EngineKit
import Identity
import Notation
import Testing

/// Revocations of many tokens (D-12): what they cost, and that nothing stays of what one commit does not take.
@Suite struct TokenRevocationTests {
    /// Revokes with one commit.
    ///
    /// - Returns: how often the transaction was attempted.
    @discardableResult
    private func begin(_ tokens: [String], in world: TokenWorld) async throws -> Int {
        let keys = try tokens.map { try world.key(of: $0) }
        var attempts = 0
        _ = try await world.transactor.run { transaction throws(EngineError) in
            attempts += 1
            try world.tokens.revokeTrees(keys, transaction)
        }
        return attempts
    }

    /// Finishes what was begun, as after a restart.
    ///
    /// - Returns: how many commits it took.
    @discardableResult
    private func finish(in world: TokenWorld) async throws -> Int {
        let tokens = TokenStore(cryptography: world.tokens.cryptography, belongings: world.tokens.belongings)
        var commits = 0
        while try await world.transactor.run({ transaction throws(EngineError) in
            try tokens.continueRevocation(transaction)
        }).answer {
            commits += 1
            try #require(commits < 1_000)
        }
        return commits
    }

    @Test func aGenerationIsLookedAtOnce() async throws {
        let world = TokenWorld()
        let parent = try await world.token("p")
        let children = try await world.children(400, of: parent)
        for child in children.prefix(20) { try await world.keep("x", for: child) }
        let trips = world.store.trips
        let attempts = try await begin([parent], in: world)
        // Two generations: each is loaded once, and listed once where something was noted.
        #expect(attempts <= 5 && world.store.trips - trips <= 2)
        #expect(world.recordCounts.allSatisfy { $0 == 0 })
    }

    @Test func manyNamedTokensAreLookedAtOnce() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let doomed = try await world.children(400, of: root)
        let trips = world.store.trips
        #expect(try await begin(doomed, in: world) <= 2 && world.store.trips - trips <= 1)
        #expect(world.store.count(TokenRecords.token) == 1)
    }

    @Test func aLargeTreeEndsInSeveralCommitsAndLeavesNothing() async throws {
        let world = TokenWorld()
        let parent = try await world.token("p")
        let children = try await world.children(1_300, of: parent)
        var grandchildren: [String] = []
        for child in children.prefix(30) { grandchildren += try await world.children(3, of: child) }
        let fertile = try await world.children(700, of: children[1_000])
        for index in 0..<5 { try await world.keep("\(index)", for: fertile[index]) }
        _ = world.store.takeLargestCommit()
        try await begin([parent], in: world)
        #expect(try await world.find(parent) == nil)
        #expect(world.store.count(TokenRecords.ended) > 0 && world.store.count(TokenRecords.token) > 1_000)
        #expect(try await finish(in: world) >= 3)
        // A token is its record, accessor, link and perhaps marks.
        #expect(world.store.takeLargestCommit() <= 5 * 600)
        #expect(world.recordCounts.allSatisfy { $0 == 0 })
        for token in grandchildren { #expect(try await world.find(token) == nil) }
    }

    @Test func aLongLineOfDescendantsEnds() async throws {
        let world = TokenWorld()
        let first = try await world.token("p")
        var last = first
        for _ in 0..<40 { last = try await world.children(1, of: last)[0] }
        try await begin([first], in: world)
        #expect(try await world.find(first) == nil)
        #expect(try await finish(in: world) <= 8)
        #expect(world.recordCounts.allSatisfy { $0 == 0 })
    }

    @Test func manyPrivateRecordsEndWithTheirToken() async throws {
        let world = TokenWorld()
        let token = try await world.token("p")
        let key = try world.key(of: token)
        try await world.keep("first", for: token)
        for index in 0..<1_200 {
            world.store.plant(StoreKey(.cubbyhole, TokenWorld.belonging, Array("\(key)/f/\(index)".utf8)), [1])
        }
        try await begin([token], in: world)
        #expect(try await world.find(token) == nil && world.store.count(TokenWorld.belonging) > 0)
        try await finish(in: world)
        #expect(world.recordCounts.allSatisfy { $0 == 0 })
    }

    /// Until its commit a descendant is stored, though nobody can use it, and may just have got children; they end with
    /// it.
    @Test func childrenThatAreBornMeanwhileEndToo() async throws {
        let world = TokenWorld()
        let parent = try await world.token("p")
        let children = try await world.children(1_300, of: parent)
        try await begin([parent], in: world)
        var left: [String] = []
        for child in children {
            #expect(try await world.find(child) == nil)
            if left.count < 3, try await world.isStored(child) { left.append(child) }
        }
        try #require(left.count == 3)
        for child in left { try await world.keep("x", for: try await world.children(1, of: child)[0]) }
        try await finish(in: world)
        #expect(world.recordCounts.allSatisfy { $0 == 0 })
    }

    /// Whatever is first: a record that is kept while the token ends goes with it, or is not kept.
    @Test(arguments: 0..<20) func privateRecordsThatAreKeptMeanwhileEndToo(round: Int) async throws {
        let world = TokenWorld()
        let token = try await world.token("p")
        let key = try world.key(of: token)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    _ = try? await world.transactor.run { transaction throws(EngineError) in
                        guard try transaction.stored(TokenRecords.token(key)) != nil else { return }
                        world.tokens.noteDependant(of: key, transaction)
                        let path = Array("\(key)/\(index)".utf8)
                        transaction.put(StoreKey(.cubbyhole, TokenWorld.belonging, path), [1])
                    }
                }
                if index == round % 8 { group.addTask { _ = try? await begin([token], in: world) } }
            }
        }
        #expect(world.recordCounts.allSatisfy { $0 == 0 })
    }

    @Test func orphaningLooksAtAllChildrenOnce() async throws {
        let world = TokenWorld()
        let parent = try await world.token("p")
        let children = try await world.children(300, of: parent)
        try await world.keep("x", for: parent)
        let key = try world.key(of: parent)
        let trips = world.store.trips
        _ = try await world.transactor.run { transaction throws(EngineError) in
            try world.tokens.revokeOrphaning(key, transaction)
        }
        #expect(world.store.trips - trips <= 2)
        #expect(world.recordCounts == [300, 300, 0, 0, 0, 0])
        #expect(try #require(try await world.find(children[7])).isOrphan)
    }

    @Test func expiredTokensAreNotListed() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let short = try await world.token("p") { $0.expiry = .at(TokenWorld.time(60)) }
        let long = try await world.token("p")
        let accessors = try await [root, short, long].asyncMap { try await world.find($0)?.accessor }
        func listed(at seconds: Double) async throws -> Set<String?> {
            Set(try #require(try await world.call("accessors", as: root, .list, at: seconds, sudo: true).names))
        }
        #expect(try await listed(at: 59) == Set(accessors))
        #expect(try await listed(at: 60) == [accessors[0], accessors[2]])
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
