import EngineKit
import Identity
import Notation
import Testing

/// Making, finding, spending and revoking tokens.
@Suite struct TokenStoreTests {
    private func revokeTree(_ token: String, in world: TokenWorld) async throws {
        let key = try world.key(of: token)
        _ = try await world.transactor.run { transaction throws(EngineError) in
            try world.tokens.revokeTree(key, transaction)
        }
    }

    private func spend(_ token: String, in world: TokenWorld, at seconds: Double = 0) async throws -> Bool {
        let key = try world.key(of: token)
        return try await world.transactor.run { transaction throws(EngineError) in
            try world.tokens.spendUse(key, transaction, now: TokenWorld.time(seconds))
        }.answer
    }

    @Test func madeTokenIsFoundByTextAndAccessor() async throws {
        let world = TokenWorld()
        let token = try await world.token("p")
        #expect(token.utf8.starts(with: "hvs.".utf8) && token.utf8.count == 28)
        let entry = try #require(try await world.find(token))
        #expect(entry.accessor.utf8.count == 24)
        let found = try await world.transactor.run { transaction throws(EngineError) in
            try world.tokens.find(accessor: entry.accessor, transaction, now: TokenWorld.start)
        }.answer
        let key = try world.key(of: token)
        #expect(found?.key == key)
        #expect(try await world.find(token + "x") == nil)
        #expect(try await world.find("") == nil)
    }

    @Test func tokenIsNotStoredAnywhere() async throws {
        let world = TokenWorld()
        let token = try await world.token("p")
        let key = try world.key(of: token)
        let bytes = try await world.transactor.run { transaction throws(EngineError) in
            try transaction.get(TokenRecords.token(key))
        }.answer
        let text = String(decoding: try #require(bytes), as: UTF8.self)
        #expect(!text.contains(token) && !text.contains(token.dropFirst(4)))
    }

    @Test func expiredTokenIsNotFound() async throws {
        let world = TokenWorld()
        let token = try await world.token("p")
        #expect(try await world.find(token, at: 3_599.9) != nil)
        #expect(try await world.find(token, at: 3_600) == nil)
    }

    @Test func chosenTextIsTakenOnce() async throws {
        let world = TokenWorld()
        var entry = TokenEntry()
        entry.policies = ["root"]
        #expect(try await world.make(entry, id: "mine") == "mine")
        await #expect { _ = try await world.make(entry, id: "mine") } throws: { error in
            guard case EngineError.invalid(let messages) = error else { return false }
            return messages == ["cannot create a token with a duplicate ID"]
        }
    }

    @Test func usesAreCountedAndNotMore() async throws {
        let world = TokenWorld()
        let token = try await world.token("p") { $0.remainingUses = 3 }
        #expect(try await spend(token, in: world) == false)
        #expect(try await spend(token, in: world) == false)
        #expect(try await spend(token, in: world) == true)
        await #expect(throws: EngineError.self) { _ = try await spend(token, in: world) }
        let unlimited = try await world.token("p")
        #expect(try await spend(unlimited, in: world) == false)
        await #expect(throws: EngineError.self) { _ = try await spend(unlimited, in: world, at: 3_600) }
    }

    @Test func concurrentUsesSpendEachUseOnce() async throws {
        let world = TokenWorld()
        let token = try await world.token("p") { $0.remainingUses = 10 }
        let (spent, last) = await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<40 { group.addTask { try? await spend(token, in: world) } }
            return await group.reduce(into: (0, 0)) { counts, isLast in
                if let isLast { counts = (counts.0 + 1, counts.1 + (isLast ? 1 : 0)) }
            }
        }
        #expect(spent == 10 && last == 1)
    }

    @Test func revocationTakesTheWholeTreeAndNothingElse() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let parent = try await world.token("p", parent: root)
        var generation = [parent]
        var descendants: [String] = []
        for _ in 0..<3 {
            var next: [String] = []
            for token in generation {
                for _ in 0..<2 { next.append(try await world.token("p", parent: token)) }
            }
            descendants += next
            generation = next
        }
        let sibling = try await world.token("p", parent: root)
        try await world.keep("a/b", for: descendants[5])
        try await world.keep("a", for: sibling)
        try await revokeTree(parent, in: world)
        for token in [parent] + descendants { #expect(try await world.find(token) == nil) }
        #expect(try await world.find(root) != nil)
        #expect(try await world.find(sibling) != nil)
        #expect(world.store.count(TokenWorld.belonging) == 1)
        #expect(world.store.count(TokenRecords.token) == 2 && world.store.count(TokenRecords.accessor) == 2)
        #expect(world.store.count(TokenRecords.child) == 1)
        // Only the marks of the root and of the sibling stay, since these do.
        #expect(world.store.count(TokenRecords.birth) == 2 && world.store.count(TokenRecords.ended) == 0)
    }

    @Test func orphaningKeepsTheChildren() async throws {
        let world = TokenWorld()
        let parent = try await world.token("p")
        let child = try await world.token("p", parent: parent)
        let grandchild = try await world.token("p", parent: child)
        let key = try world.key(of: parent)
        _ = try await world.transactor.run { transaction throws(EngineError) in
            try world.tokens.revokeOrphaning(key, transaction)
        }
        #expect(try await world.find(parent) == nil)
        #expect(try #require(try await world.find(child)).isOrphan)
        #expect(try #require(try await world.find(grandchild)).isOrphan == false)
        #expect(world.store.count(TokenRecords.child) == 1)
        try await revokeTree(child, in: world)
        #expect(try await world.find(grandchild) == nil)
        #expect(world.store.count(TokenRecords.token) == 0)
    }

    @Test func batchTokenDiesWithItsParentAndItsTime() async throws {
        let world = TokenWorld()
        let parent = try await world.token("p")
        let batch = try await world.call("create", ["type": "batch", "ttl": 60], as: parent).token
        #expect(batch.utf8.starts(with: "hvb.".utf8))
        #expect(try await world.find(batch, at: 59) != nil)
        #expect(try await world.find(batch, at: 60) == nil)
        #expect(try await world.find(batch + "A") == nil)
        try await revokeTree(parent, in: world)
        #expect(try await world.find(batch) == nil)
    }

    /// The numbers of the rounds of the race below.
    static let rounds = Array(0..<30)

    /// Whoever is first: a child that was made before is revoked with the tree, a later one is not made.
    @Test(arguments: rounds) func treeRevocationLeavesNoChildAlive(round: Int) async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let parent = try await world.call("create", ["policies": ["p"]], as: root).token
        let middle = try await world.call("create", as: parent).token
        let made = await withTaskGroup(of: String?.self) { group -> [String] in
            for index in 0..<16 {
                group.addTask {
                    let answer = try? await world.call("create", as: index % 2 == 0 ? parent : middle)
                    return answer?.auth?.clientToken
                }
                if index == round % 16 {
                    group.addTask {
                        try? await revokeTree(parent, in: world)
                        return nil
                    }
                }
            }
            return await group.reduce(into: [String]()) { tokens, token in if let token { tokens.append(token) } }
        }
        for token in [parent, middle] + made { #expect(try await world.find(token) == nil) }
        #expect(world.store.count(TokenRecords.token) == 1 && world.store.count(TokenRecords.accessor) == 1)
        #expect(world.store.count(TokenRecords.child) == 0)
    }
}
