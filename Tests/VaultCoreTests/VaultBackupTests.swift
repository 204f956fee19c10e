import EngineKit
import Foundation
import Notation
import Storage
import Testing
import VaultCore
import VaultCrypto

/// `sys/storage/backup` of a vault in a SQLite file.
@Suite final class VaultBackupTests {
    private let folder = NSTemporaryDirectory() + "backup-\(UUID().uuidString)"
    private var database: String { folder + "/vault.db" }

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private struct Opened {
        let store: SQLiteStore
        let vault: Vault
        var root = ""
        var share: [UInt8] = []
    }

    /// A new vault with the secret `a/x`, unsealed.
    private func makeVault() async throws -> Opened {
        let store = try await SQLiteStore.open(at: database) { _ in }
        let vault = try await Vault(store: store)
        let made = try await vault.initialize(try SealConfiguration(shares: 1, threshold: 1))
        let share = try #require(made.shares.first)
        try await vault.submit(share)
        let opened = Opened(
            store: store, vault: vault, root: made.rootToken,
            share: share.bytes.withSpan { span in (0..<span.count).map { span[$0] } })
        let mount: JSON = ["type": "kv", "options": ["version": "1"]]
        #expect(try await vault.ask(.write, "sys/mounts/a", as: opened.root, mount).status == 204)
        #expect(try await vault.ask(.write, "a/x", as: opened.root, ["k": "CANARYvalue"]).status == 204)
        return opened
    }

    private func backup(_ vault: Vault, as token: String) async throws -> VaultResponse {
        await vault.respond(
            to: VaultRequest(
                id: SecureRandom.uuid(), verb: .read, path: try RequestPath(checking: Array("sys/storage/backup".utf8)),
                token: ClientToken(token.utf8), body: [], query: []))
    }

    @Test func backupBringsBackWhatWasThereThen() async throws {
        let first = try await makeVault()
        let answer = try await backup(first.vault, as: first.root)
        #expect(answer.status == 200 && answer.contentType == "application/octet-stream")
        #expect(try await first.vault.ask(.write, "a/y", as: first.root, ["k": "later"]).status == 204)
        await first.vault.seal()
        await first.store.close()
        let path = folder + "/saved"
        try Data(answer.body).write(to: URL(fileURLWithPath: path))
        _ = try await SQLiteStore.restore(from: path, to: database)

        let store = try await SQLiteStore.open(at: database) { _ in }
        let vault = try await Vault(store: store)
        #expect(vault.sealStatus.isSealed)
        let key: JSON = ["key": .string(Hexadecimal.encode(first.share))]
        #expect(try await vault.ask(.write, "sys/unseal", key).json["sealed"]?.boolValue == false)
        #expect(try await vault.ask(.read, "a/x", as: first.root).data?["k"]?.stringValue == "CANARYvalue")
        #expect(try await vault.ask(.read, "a/y", as: first.root).status == 404)
        await vault.seal()
        await store.close()
    }

    @Test func backupIsSealedAndLeavesNoFile() async throws {
        let opened = try await makeVault()
        let before = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        let answer = try await backup(opened.vault, as: opened.root)
        #expect(answer.body.starts(with: "SQLite format 3\0".utf8))
        #expect(Data(answer.body).range(of: Data("CANARYvalue".utf8)) == nil)
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == before)
        await opened.store.close()
    }

    @Test func backupNeedsReadAndSudo() async throws {
        let opened = try await makeVault()
        let path = #"path "sys/storage/backup""#
        let reader = try await opened.vault.token(
            "reader-only", "\(path) { capabilities = [\"read\"] }", root: opened.root)
        #expect(try await backup(opened.vault, as: reader).status == 403)
        let saver = try await opened.vault.token(
            "saver", "\(path) { capabilities = [\"read\", \"sudo\"] }", root: opened.root)
        #expect(try await backup(opened.vault, as: saver).status == 200)
        let role: JSON = ["policies": ["operator"], "no_default_policy": true]
        let keeper = try await opened.vault.ask(.write, "auth/token/create", as: opened.root, role).token
        #expect(try await backup(opened.vault, as: keeper).status == 200)
        await opened.vault.seal()
        #expect(try await backup(opened.vault, as: opened.root).status == 503)
        await opened.store.close()
    }

    @Test func recordsHoldTheHashOfTheBackupAlone() async throws {
        let opened = try await makeVault()
        let device = CountingDevice()
        try opened.vault.audit(with: [device])
        let answer = try await backup(opened.vault, as: opened.root)
        #expect(answer.status == 200)
        let records = try device.records
        #expect(records.count == 2)
        let data = try #require(records.last?["response"]?["data"]?.stringValue)
        #expect(data.hasPrefix("hmac-sha256:") && data.utf8.count == 12 + 64)
        await opened.store.close()
    }

    @Test func storageInMemoryHasNoBackup() async throws {
        try await withUnsealedVault { vault, root in
            let answer = try await backup(vault, as: root)
            #expect(answer.status == 400)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("cannot be backed up"))
        }
    }

    @Test func operatorMayRekey() async throws {
        try await withUnsealedVault { vault, root in
            let role: JSON = ["policies": ["operator"], "no_default_policy": true]
            let keeper = try await vault.ask(.write, "auth/token/create", as: root, role).token
            let begun = try await vault.ask(
                .write, "sys/rekey/init", as: keeper, ["secret_shares": 1, "secret_threshold": 1])
            #expect(begun.status == 200)
        }
    }

    @Test func databaseAboveTheLimitIsRefused() async throws {
        let opened = try await makeVault()
        let before = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        let advice = "the database is larger than 1000 bytes; stop the server and copy its database file instead"
        await #expect(throws: StoreError.tooLarge(advice)) { try await opened.store.backup(limit: 1_000) }
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == before)
        await opened.store.close()
    }
}
