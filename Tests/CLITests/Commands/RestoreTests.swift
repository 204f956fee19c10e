import EngineKit
import Foundation
import Storage
import Testing

@testable import vaultcli

/// `operator restore` on the database of a stopped server.
@Suite final class RestoreTests {
    private let folder = NSTemporaryDirectory() + "restore-\(UUID().uuidString)"
    private var database: String { folder + "/vault.db" }
    private var backup: String { folder + "/vault.backup" }

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A store with two commits, the first of which is in the backup.
    private func store() async throws -> SQLiteStore {
        let store = try await SQLiteStore.open(at: database) { _ in }
        var batch = SealedBatch()
        batch.changes = [.put(RowKey([1, 2, 3, 4, 5]), SealedValue(readFromBackend: [1]))]
        _ = try await store.commit(batch)
        _ = try await store.backUp(to: backup)
        _ = try await store.commit(batch)
        return store
    }

    @Test func stoppedServersDatabaseIsReplaced() async throws {
        let store = try await store()
        let saved = try await SQLiteStore.verifyBackup(at: backup)
        #expect(store.revision > saved)
        await store.close()
        let run = await Transcript.run("operator", "restore", "-database=\(database)", backup)
        #expect(run.status == 0)
        #expect(run.output == "Success! Restored \(backup) to \(database)\n")
        #expect(run.requests.isEmpty)
        let restored = try await SQLiteStore.open(at: database) { _ in }
        #expect(restored.revision == saved)
        await restored.close()
    }

    @Test func runningServersDatabaseIsLeftAlone() async throws {
        let store = try await store()
        let newest = store.revision
        let run = await Transcript.run("operator", "restore", "-database=\(database)", backup)
        #expect(run.status == 1)
        #expect(run.error == "Error restoring the backup: \(database) is in use; stop the server first\n")
        await store.close()
        let kept = try await SQLiteStore.open(at: database) { _ in }
        #expect(kept.revision == newest)
        await kept.close()
    }

    @Test func fileThatIsNoBackupIsRefused() async throws {
        let store = try await store()
        let newest = store.revision
        await store.close()
        try "no database".write(toFile: backup, atomically: false, encoding: .utf8)
        let run = await Transcript.run("operator", "restore", "-database=\(database)", backup)
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.error == "Error restoring the backup: \(backup) is not a database\n")
        let missing = await Transcript.run("operator", "restore", "-database=\(database)", folder + "/none")
        #expect(missing.status == 1)
        let kept = try await SQLiteStore.open(at: database) { _ in }
        #expect(kept.revision == newest)
        await kept.close()
    }

    @Test func databaseMustBeNamed() async {
        #expect(await Transcript.run("operator", "restore", backup).status == 1)
    }
}
