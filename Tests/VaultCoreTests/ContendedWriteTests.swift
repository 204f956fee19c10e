import Foundation
import Notation
import Storage
import Testing
import VaultCore

/// Many writers of one secret.
struct ContendedWriteTests {
    /// More writers than a transaction has attempts: if each commit let only the luckiest through, the last would fail.
    private static let writers = 3 * 100

    @Test func allWritersOfOneSecretSucceed() async throws {
        // A store that commits in groups, of which at most one can concern the same secret.
        let folder = NSTemporaryDirectory() + "contended-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try await SQLiteStore.open(at: folder + "/vault.db") { _ in }
        let vault = try await Vault(store: store)
        let made = try await vault.initialize(try SealConfiguration(shares: 1, threshold: 1))
        for share in made.shares { try await vault.submit(share) }
        let root = made.rootToken
        let mount = try await vault.ask(
            .write, "sys/mounts/kv", as: root, ["type": "kv", "options": ["version": "2"]])
        #expect(mount.status == 204)
        let versions = try await withThrowingTaskGroup { group in
            for _ in 0..<Self.writers {
                group.addTask {
                    let reply = try await vault.ask(.write, "kv/data/one", as: root, ["data": ["a": 1]])
                    #expect(reply.status == 200, "\(reply.error ?? "")")
                    return reply.data?["version"]?.intValue
                }
            }
            return try await group.reduce(into: Set<Int>()) { if let version = $1 { $0.insert(version) } }
        }
        #expect(versions == Set(1...Self.writers))
        await vault.seal()
        await store.close()
    }
}
