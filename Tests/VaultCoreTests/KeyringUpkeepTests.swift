import EngineKit
import Notation
import Storage
import Testing
@testable import VaultCore

/// The keyring looks after itself: terms follow their schedule, and keys follow the terms.
struct KeyringUpkeepTests {
    /// What is known of the active term.
    private func status(of vault: Vault) throws -> KeyStatus { try vault.barrier.keyStatus }

    @Test func aTermIsFollowedByTheNextWhenItsTimeHasCome() async throws {
        try await withUnsealedVault { vault, root in
            let set = try await vault.ask(.write, "sys/rotate/config", as: root, ["interval": "24h"])
            #expect(set.status == 204)
            let now = Timestamp.now()
            await vault.tendKeyring(now: now.adding(seconds: 86_000))
            #expect(try status(of: vault).term == 1)
            await vault.tendKeyring(now: now.adding(seconds: 86_500))
            #expect(try status(of: vault).term == 2)
            #expect(try await vault.ask(.write, "sys/rotate/config", as: root, ["enabled": false]).status == 204)
            await vault.tendKeyring(now: now.adding(seconds: 400_000))
            #expect(try status(of: vault).term == 2)
        }
    }

    @Test func theCountOfEncryptionsAloneMakesATermDue() async throws {
        try await withUnsealedVault { vault, _ in
            let schedule = try await #require(vault.running).transactor.run { transaction throws(EngineError) in
                try RotationSchedule(transaction)
            }.answer
            let most = UInt64(RotationSchedule.operations.upperBound)
            let now = Timestamp.now()
            #expect(!schedule.isDue(KeyStatus(term: 1, installed: 0, encryptions: most - 1), at: now))
            #expect(schedule.isDue(KeyStatus(term: 1, installed: 0, encryptions: most), at: now))
        }
    }

    @Test func keysFollowTheActiveTerm() async throws {
        try await withUnsealedVault { vault, root in
            let made = try await vault.ask(
                .write, "sys/mounts/kv", as: root, ["type": "kv", "options": ["version": "2"]])
            #expect(made.status == 204)
            for index in 0..<20 {
                #expect(
                    try await vault.ask(.write, "kv/data/\(index)", as: root, ["data": ["a": .integer(index)]]).status
                        == 200)
            }
            _ = try await vault.barrier.rotate(now: 0)
            await vault.tendKeyring()
            let again = try await vault.barrier.rewrapAll()
            #expect(again.examined > 20 && again.rewrapped == 0 && again.unreadable == 0)
            #expect(try await vault.ask(.read, "kv/data/7", as: root).data?["data"]?["a"]?.intValue == 7)
        }
    }

    @Test func theCountOfEncryptionsSurvivesSealing() async throws {
        let vault = try await Vault(store: MemoryStore())
        let made = try await vault.initialize(try SealConfiguration(shares: 1, threshold: 1))
        for share in made.shares { try await vault.submit(share) }
        let set = try await vault.ask(
            .write, "sys/policies/acl/some", as: made.rootToken, ["policy": #"path "a" { capabilities = ["read"] }"#])
        #expect(set.status == 204)
        let before = try vault.barrier.keyStatus.encryptions
        #expect(before > 0)
        await vault.seal()
        for share in made.shares { try await vault.submit(share) }
        #expect(try status(of: vault).encryptions >= before)
    }
}
