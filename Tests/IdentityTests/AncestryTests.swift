import EngineKit
import Identity
import Notation
import Testing

/// A token ends with its parents, before anybody has removed it.
@Suite struct AncestryTests {
    /// A token that lives until 100, a child of it until 3,600, and a child of that.
    private func line(in world: TokenWorld) async throws -> [String] {
        let first = try await world.token("p") { $0.expiry = .at(TokenWorld.time(100)) }
        let second = try await world.token("p", parent: first)
        return [first, second, try await world.token("p", parent: second)]
    }

    @Test func descendantsOfAnExpiredTokenAreRefusedAtOnce() async throws {
        let world = TokenWorld()
        let line = try await line(in: world)
        for token in line {
            #expect(try await world.holder(token, at: 99.9) != nil)
            #expect(try await world.find(token, at: 99.9) != nil)
            // Known from before, and not known yet.
            #expect(try await world.holder(token, at: 100) == nil)
            #expect(try await world.find(token, at: 100) == nil)
            let restarted = TokenStore(cryptography: world.tokens.cryptography)
            let fresh = try await world.transactor.run { transaction throws(EngineError) in
                try restarted.holder(of: Array(token.utf8), transaction, now: TokenWorld.time(100)) == nil
            }.answer
            #expect(fresh)
        }
    }

    @Test func renewalsOfAParentCountAtOnce() async throws {
        let world = TokenWorld()
        let line = try await line(in: world)
        #expect(try await world.holder(line[2], at: 50) != nil)
        #expect(try await world.call("renew-self", ["increment": 200], as: line[0], at: 90).error == nil)
        #expect(try await world.holder(line[2], at: 150) != nil)
        #expect(try await world.call("renew-self", ["increment": 10], as: line[0], at: 160).error == nil)
        #expect(try await world.holder(line[2], at: 169) != nil)
        #expect(try await world.holder(line[2], at: 170) == nil)
    }

    @Test func aKnownTokenIsFoundWithoutReading() async throws {
        let world = TokenWorld()
        let line = try await line(in: world)
        #expect(try await world.holder(line[2]) != nil)
        let trips = world.store.trips
        for seconds in 0..<99 { #expect(try await world.holder(line[2], at: Double(seconds)) != nil) }
        #expect(world.store.trips == trips)
    }

    @Test func orphansStayWhenThoseAboveEnd() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let line = try await line(in: world)
        #expect(try await world.holder(line[2]) != nil)
        #expect(try await world.call("revoke-orphan", ["token": .string(line[0])], as: root).error == nil)
        #expect(try await world.holder(line[2], at: 200) != nil)
    }

    @Test func batchTokensEndWithAllTheirParents() async throws {
        let world = TokenWorld()
        let line = try await line(in: world)
        let made = try await world.call("create", ["type": "batch"], as: line[1]).token
        #expect(try await world.holder(made, at: 99) != nil)
        #expect(try await world.holder(made, at: 100) == nil)
    }

    @Test func aLineCannotBecomeEndless() async throws {
        let world = TokenWorld()
        var last = try await world.token("p")
        for _ in 0..<255 { last = try await world.token("p", parent: last) }
        let youngest = try await world.call("create", as: last).token
        let refused = try await world.call("create", as: youngest)
        #expect(refused.error == "a token cannot have more than 256 generations above it")
    }
}
