import EngineKit
import Identity
import Notation
import Storage
import Synchronization
import Testing
@testable import VaultCore

/// Rows that were changed outside of the server.
@Suite struct DamagedRowTests {
    /// What the vault told somebody to look into.
    private final class Alarms: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ message: String, _ facts: [(name: String, value: String)]) {
            texts.withLock { $0.append(([message] + facts.map { "\($0.name)=\($0.value)" }).joined(separator: " ")) }
        }
    }

    /// Changes a byte of a record's row, behind the back of the barrier.
    private func damage(_ key: StoreKey, of vault: Vault, in store: MemoryStore) async throws {
        let transactor = try #require(vault.running).transactor
        let revision = try await transactor.run { transaction throws(EngineError) in
            if let value = try transaction.get(key) { transaction.put(key, value) }
        }.revision
        let rows = try await store.rows(in: .all, after: nil, limit: 10_000)
        let written = rows.filter { $0.row.revision == revision }
        let row = try #require(written.max { $0.row.value.bytes.count < $1.row.value.bytes.count })
        var bytes = row.row.value.bytes
        bytes[bytes.count - 20] ^= 1
        var batch = SealedBatch()
        batch.changes = [.put(row.key, SealedValue(readFromBackend: bytes))]
        _ = try await store.commit(batch)
    }

    @Test func aDamagedTokenIsReportedAndKeepsNoOthersAlive() async throws {
        let store = MemoryStore()
        let alarms = Alarms()
        let vault = try await Vault(store: store, alarm: { alarms.add($0, $1) })
        let made = try await vault.initialize(try SealConfiguration(shares: 1, threshold: 1))
        for share in made.shares { try await vault.submit(share) }
        let running = try #require(vault.running)
        var entry = TokenEntry()
        entry.policies = ["p"]
        entry.displayName = "CANARY"
        entry.expiry = .at(Timestamp(seconds: 1_000))
        let expired = entry
        let tokens = try await running.transactor.run { transaction throws(EngineError) in
            var made: [String] = []
            for _ in 0..<10 {
                made.append(try running.tokens.create(expired, transaction, random: running.random).token)
            }
            return made
        }.answer
        let damaged = try running.tokens.key(of: Array(tokens[4].utf8))
        try await damage(TokenRecords.token(damaged), of: vault, in: store)

        #expect(try await vault.ask(.read, "auth/token/lookup-self", as: tokens[4]).status == 500)
        #expect(alarms.all.count == 1 && alarms.all.allSatisfy { $0.contains("does not authenticate") })
        #expect(alarms.all.allSatisfy { !$0.contains("CANARY") && !$0.contains(tokens[4]) && !$0.contains(damaged) })
        #expect(await vault.removeExpiredTokens() == false)
        let left = try await running.transactor.run { transaction throws(EngineError) in
            try transaction.list(Listing(of: Folder(.system, TokenRecords.token, []))).names
        }.answer
        // The damaged one and the root token.
        #expect(left.count == 2 && left.contains(Array(damaged.utf8)))
        #expect(try await vault.ask(.read, "auth/token/lookup-self", as: made.rootToken).status == 200)
    }
}
