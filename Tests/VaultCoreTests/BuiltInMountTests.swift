import EngineKit
import Notation
import Storage
import Testing
@testable import VaultCore
import VaultCrypto

/// The mounts that a vault has without anybody making them.
@Suite struct BuiltInMountTests {
    @Test func aVaultOfAnEarlierVersionGetsWhatCameSince() async throws {
        let vault = try await Vault(store: MemoryStore(), settings: Vault.Settings())
        let made = try await vault.initialize(try SealConfiguration(shares: 1, threshold: 1))
        for share in made.shares { try await vault.submit(share) }
        let running = try #require(vault.running)
        _ = try await running.transactor.run { transaction throws(EngineError) in
            transaction.delete(SystemRecords.mount("pulse".utf8))
        }
        await vault.seal()
        for share in made.shares { try await vault.submit(share) }
        let mounts = try await vault.ask(.read, "sys/mounts", as: made.rootToken)
        #expect(mounts.data?["pulse/"]?["type"]?.stringValue == "pulse")
        let rule: JSON = ["paths": ["config/"], "approvals": 1]
        #expect(try await vault.ask(.write, "pulse/approval-rules/r", as: made.rootToken, rule).status == 200)
    }
}
