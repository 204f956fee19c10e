import EngineKit
import Identity
import Notation
import Storage
import Testing
@testable import VaultCore
import VaultCrypto

/// Tokens on their way through the pipeline.
@Suite struct VaultTokenUseTests {
    static let rules = """
        path "cubbyhole/*" { capabilities = ["create", "read", "update", "delete", "list"] }
        path "auth/token/create" { capabilities = ["create", "update"] }
        """

    @Test func refusedRequestsSpendUsesToo() async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token("p", Self.rules, root: root, ["num_uses": 3])
            #expect(try await vault.ask(.write, "cubbyhole/a", as: token, ["k": "v"]).status == 204)
            #expect(
                try await vault.ask(.read, "sys/mounts", as: token).error
                    == "1 error occurred:\n\t* permission denied\n\n")
            // The last use is carried out.
            #expect(try await vault.ask(.read, "cubbyhole/a", as: token).data?["k"]?.stringValue == "v")
            let after = try await vault.ask(.read, "cubbyhole/a", as: token)
            #expect(after.status == 403 && after.error == "permission denied")
            #expect(try await vault.ask(.write, "auth/token/lookup", as: root, ["token": .string(token)]).status == 403)
        }
    }

    @Test func concurrentRequestsDoNotShareAUse() async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token("p", Self.rules, root: root, ["num_uses": 5])
            let served = try await withThrowingTaskGroup(of: UInt16.self) { group in
                for _ in 0..<30 { group.addTask { try await vault.ask(.list, "cubbyhole", as: token).status } }
                return try await group.reduce(into: 0) { $0 += $1 == 404 ? 1 : 0 }
            }
            #expect(served <= 5 && served > 0)
            #expect(try await vault.ask(.read, "cubbyhole/a", as: token).status == 403)
        }
    }

    @Test func tokenWorksFromItsNetworksOnlyAndSoDoItsChildren() async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/policies/acl/p", as: root, ["policy": .string(Self.rules)])
            _ = try await vault.ask(
                .write, "auth/token/roles/r", as: root,
                ["allowed_policies": "p", "token_bound_cidrs": "10.0.0.0/8", "token_no_default_policy": true])
            let parent = try await vault.ask(.write, "auth/token/create/r", as: root).token
            let child = try await vault.ask(.write, "auth/token/create", as: parent, [:], from: "10.1.1.1").token
            for token in [parent, child] {
                #expect(try await vault.ask(.list, "cubbyhole", as: token, from: "10.2.3.4").status == 404)
                #expect(try await vault.ask(.list, "cubbyhole", as: token, from: "::ffff:10.2.3.4").status == 404)
                for address in ["127.0.0.1", "11.0.0.1", "::1", "", "10.0.0.1, 127.0.0.1"] {
                    let refused = try await vault.ask(.list, "cubbyhole", as: token, from: address)
                    #expect(refused.status == 403 && refused.error == "permission denied", "\(address)")
                }
            }
        }
    }

    /// A request that was let in before its token was revoked writes nothing after.
    @Test(arguments: ["service", "batch"]) func writeOfARevokedTokenIsNotCommitted(type: String) async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/kv", as: root, ["type": "kv"])
            let rules = #"path "kv/*" { capabilities = ["create", "update"] }"# + "\n" + Self.rules
            let parent = try await vault.token("p", rules, root: root)
            let token =
                type == "batch"
                ? try await vault.ask(.write, "auth/token/create", as: parent, ["type": "batch"]).token : parent
            let device = RevokingDevice(vault: vault, token: parent)
            try vault.audit(with: [device])
            let answer = try await vault.ask(.write, "kv/a", as: token, ["k": "v"])
            #expect(answer.status == 403)
            try vault.audit(with: [])
            #expect(try await vault.ask(.read, "kv/a", as: root).status == 404)
        }
    }

    @Test func revokedTokenIsRefusedAtOnce() async throws {
        try await withUnsealedVault { vault, root in
            let parent = try await vault.token("p", Self.rules, root: root)
            let child = try await vault.ask(.write, "auth/token/create", as: parent).token
            _ = try await vault.ask(.write, "cubbyhole/a", as: child, ["k": "v"])
            #expect(
                try await vault.ask(.write, "auth/token/revoke", as: root, ["token": .string(parent)]).status == 204)
            for token in [parent, child] { #expect(try await vault.ask(.read, "cubbyhole/a", as: token).status == 403) }
        }
    }

    @Test func expiredTokensAreSweptAndOthersStay() async throws {
        try await withUnsealedVault { vault, root in
            let keeper = try await vault.token("p", Self.rules, root: root)
            let running = try #require(vault.running)
            var entry = TokenEntry()
            entry.policies = ["p"]
            entry.expiry = .at(Timestamp(seconds: 1_000))
            let expired = entry
            let token = try await running.transactor.run { transaction throws(EngineError) in
                try running.tokens.create(expired, transaction, random: running.random).token
            }.answer
            #expect(try await vault.ask(.list, "cubbyhole", as: token).status == 403)
            await vault.removeExpiredTokens()
            let key = try running.tokens.key(of: Array(token.utf8))
            let stored = try await running.transactor.run { transaction throws(EngineError) in
                try transaction.get(TokenRecords.token(key))
            }.answer
            #expect(stored == nil)
            #expect(try await vault.ask(.list, "cubbyhole", as: keeper).status == 404)
        }
    }

    /// How many records of a kind there are.
    private func count(_ kind: RecordKind, in vault: Vault) async throws -> Int {
        let running = try #require(vault.running)
        return try await running.transactor.run { transaction throws(EngineError) in
            try transaction.list(Listing(of: Folder(.system, kind, []), isRecursive: true)).names.count
        }.answer
    }

    /// Stores many tokens in one commit.
    private func make(_ count: Int, _ entry: TokenEntry, in vault: Vault) async throws -> [String] {
        let running = try #require(vault.running)
        return try await running.transactor.run { transaction throws(EngineError) in
            var made: [String] = []
            for _ in 0..<count {
                made.append(try running.tokens.create(entry, transaction, random: running.random).token)
            }
            return made
        }.answer
    }

    @Test func manyExpiredTokensAreSweptInManyCommits() async throws {
        try await withUnsealedVault { vault, root in
            let running = try #require(vault.running)
            var entry = TokenEntry()
            entry.policies = ["p"]
            entry.expiry = .at(Timestamp(seconds: 1_000))
            _ = try await make(900, entry, in: vault)
            #expect(try await vault.ask(.list, "auth/token/accessors", as: root).texts("keys")?.count == 1)
            #expect(try await count(TokenRecords.accessor, in: vault) == 901)
            let before = running.transactor.store.changeCount
            await vault.removeExpiredTokens()
            #expect((4...20).contains(running.transactor.store.changeCount - before))
            #expect(try await count(TokenRecords.accessor, in: vault) == 1)
            #expect(try await count(TokenRecords.token, in: vault) == 1)
        }
    }

    @Test func aRevocationOfALargeTreeIsCompleteWhenItIsAnswered() async throws {
        try await withUnsealedVault { vault, root in
            let running = try #require(vault.running)
            let parent = try await vault.token("p", Self.rules, root: root)
            var entry = TokenEntry()
            entry.policies = ["p"]
            entry.parent = try running.tokens.key(of: Array(parent.utf8))
            entry.expiry = .at(Timestamp.now().adding(seconds: 3_600))
            let children = try await make(1_200, entry, in: vault)
            #expect(try await vault.ask(.write, "cubbyhole/a", as: children[7], ["k": "v"]).status == 204)
            #expect(
                try await vault.ask(.write, "auth/token/revoke", as: root, ["token": .string(parent)]).status == 204)
            for kind in [TokenRecords.token, TokenRecords.accessor] { #expect(try await count(kind, in: vault) == 1) }
            for kind in [TokenRecords.child, TokenRecords.ended] { #expect(try await count(kind, in: vault) == 0) }
        }
    }

    /// A server that ended between two commits of a revocation.
    @Test func theSweepFinishesWhatWasBrokenOff() async throws {
        try await withUnsealedVault { vault, root in
            let running = try #require(vault.running)
            let parent = try await vault.token("p", Self.rules, root: root)
            let key = try running.tokens.key(of: Array(parent.utf8))
            var entry = TokenEntry()
            entry.policies = ["p"]
            entry.parent = key
            entry.expiry = .at(Timestamp.now().adding(seconds: 3_600))
            let children = try await make(1_200, entry, in: vault)
            _ = try await running.transactor.run { transaction throws(EngineError) in
                try running.tokens.revokeTree(key, transaction)
            }
            #expect(try await vault.ask(.read, "cubbyhole/a", as: parent).status == 403)
            #expect(try await count(TokenRecords.token, in: vault) > 1)
            await vault.removeExpiredTokens()
            #expect(try await count(TokenRecords.token, in: vault) == 1)
            for child in children.prefix(5) {
                #expect(try await vault.ask(.read, "auth/token/lookup-self", as: child).status == 403)
            }
        }
    }
}
