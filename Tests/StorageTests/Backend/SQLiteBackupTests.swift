import EngineKit
import Foundation
import Testing

@testable import Storage

/// Backups of the SQLite store, and what comes back out of them.
@Suite struct SQLiteBackupTests {
    /// Opens a store with 8 MiB of rows in realm 9, more than one step of a copy takes.
    private func filledStore(_ path: String) async throws -> SQLiteStore {
        let store = try await SQLiteStore.open(at: path) { _ in }
        let large = SealedValue(readFromBackend: Array(repeating: 3, count: 256 << 10))
        for number in 0..<32 as Range<UInt64> {
            _ = try await store.commit(SealedBatch(.put(key(number, realm: 9), large)))
        }
        return store
    }

    @Test func aBackupMadeWhileWritingIsAMomentOfTheDatabase() async throws {
        try await withTemporaryFolder { folder in
            let store = try await filledStore(folder.database)
            let backup = folder.path + "/backup.db"
            let isDone = Gauge()
            async let written = {
                var count: UInt64 = 0
                while isDone.value == 0 {
                    count += 1
                    _ = try await store.commit(
                        SealedBatch(.put(key(count), value("\(count)")), .put(key(0), value("\(count)"))))
                }
                return count
            }()
            while try await store.text(key(0)) == nil { await Task.yield() }
            let before = store.revision
            let revision = try await store.backUp(to: backup)
            let after = store.revision
            isDone.value = 1
            let total = try await written
            await store.close()

            #expect(before <= revision && revision <= after)
            #expect(try await SQLiteStore.verifyBackup(at: backup) == revision)
            let restored = folder.path + "/other/vault.db"
            #expect(try await SQLiteStore.restore(from: backup, to: restored) == revision)
            let copy = try await SQLiteStore.open(at: restored) { _ in }
            #expect(copy.revision == revision)
            let count = revision.number - 32
            #expect((1...total).contains(count))
            #expect(try await copy.text(key(0)) == "\(count)")
            let rows = try await copy.rows(in: .realm(1), after: key(0), limit: .max)
            #expect(rows.map(\.key) == (1...count).map { key($0) })
            #expect(rows.map(\.row.revision) == (1...count).map { Revision($0 + 32) })
            let next = try await copy.commit(SealedBatch(.delete(key(1))))
            #expect(next > revision)
            await copy.close()
        }
    }

    @Test func restoringReplacesTheDatabase() async throws {
        try await withTemporaryFolder { folder in
            let backup = folder.path + "/backup.db"
            let first = try await SQLiteStore.open(at: folder.database) { _ in }
            _ = try await first.commit(SealedBatch(.put(key(1), value("a"))))
            _ = try await first.backUp(to: backup)
            _ = try await first.commit(SealedBatch(.put(key(2), value("b"))))
            await #expect(throws: SQLiteOpenError.inUse(folder.database)) {
                try await SQLiteStore.restore(from: backup, to: folder.database)
            }
            await first.close()
            _ = try await SQLiteStore.restore(from: backup, to: folder.database)
            let second = try await SQLiteStore.open(at: folder.database) { _ in }
            #expect(second.revision == Revision(1))
            #expect(try await second.rows(in: .all, after: nil, limit: .max).map(\.key) == [key(1)])
            await second.close()
        }
    }

    /// The log of a process that was killed belongs to the old database; applied to the new one it would ruin it.
    @Test func aLogLeftBehindDoesNotReachTheRestoredDatabase() async throws {
        try await withTemporaryFolder { folder in
            let backup = folder.path + "/backup.db"
            let first = try await filledStore(folder.database)
            let revision = try await first.backUp(to: backup)
            await first.close()
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.database as String] in
                let store = try await SQLiteStore.open(at: path) { _ in }
                for number in 0..<200 as Range<UInt64> {
                    _ = try await store.commit(
                        SealedBatch(.put(key(number), value("late")), .delete(key(number, realm: 9))))
                }
                kill(getpid(), SIGKILL)
            }
            #expect(FileManager.default.fileExists(atPath: folder.database + "-wal"))
            _ = try await SQLiteStore.restore(from: backup, to: folder.database)
            let second = try await SQLiteStore.open(at: folder.database) { _ in }
            #expect(second.revision == revision)
            #expect(try await second.rows(in: .all, after: nil, limit: .max).count == 32)
            #expect(try await second.integrityCheck() == [])
            await second.close()
        }
    }

    @Test func aBrokenDatabaseCanBeReplaced() async throws {
        try await withTemporaryFolder { folder in
            let backup = folder.path + "/backup.db"
            let first = try await SQLiteStore.open(at: folder.database) { _ in }
            _ = try await first.commit(SealedBatch(.put(key(1), value("a"))))
            _ = try await first.backUp(to: backup)
            await first.close()
            try Data(repeating: 0x5a, count: 5000).write(to: URL(fileURLWithPath: folder.database))
            _ = try await SQLiteStore.restore(from: backup, to: folder.database)
            let second = try await SQLiteStore.open(at: folder.database) { _ in }
            #expect(try await second.text(key(1)) == "a")
            await second.close()
        }
    }

    @Test func aBadBackupIsRefusedAndChangesNothing() async throws {
        try await withTemporaryFolder { folder in
            let backup = folder.path + "/backup.db"
            let store = try await filledStore(folder.database)
            _ = try await store.backUp(to: backup)
            await store.close()
            let whole = try Data(contentsOf: URL(fileURLWithPath: backup))
            var scratched = whole
            for offset in stride(from: 4096, to: 40_960, by: 64) { scratched[offset] ^= 0xff }
            let bad: [(Data, SQLiteOpenError)] = [
                (whole.dropLast(4096), .damaged(backup)), (whole.prefix(60_000), .damaged(backup)),
                (scratched, .damaged(backup)), (Data("not a database".utf8), .notADatabase(backup)),
                (Data(), .notADatabase(backup)),
            ]
            for (content, expected) in bad {
                try content.write(to: URL(fileURLWithPath: backup))
                await #expect(throws: expected) { try await SQLiteStore.verifyBackup(at: backup) }
                await #expect(throws: expected) { try await SQLiteStore.restore(from: backup, to: folder.database) }
            }
            let reopened = try await SQLiteStore.open(at: folder.database) { _ in }
            #expect(try await reopened.rows(in: .all, after: nil, limit: .max).count == 32)
            await reopened.close()
        }
    }

    @Test func aBackupNeverReplacesTheDatabaseItself() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteStore.open(at: folder.database) { _ in }
            for path in [folder.database, folder.path + "/vault/../vault/vault.db-wal", folder.database + ".lock"] {
                await #expect(throws: StoreError.self) { try await store.backUp(to: path) }
            }
            await #expect(throws: StoreError.self) { try await store.backUp(to: folder.path + "/missing/backup.db") }
            _ = try await store.commit(SealedBatch(.put(key(1), value("a"))))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/vault").sorted()
            #expect(names == ["vault.db", "vault.db-shm", "vault.db-wal", "vault.db.lock"], "nothing is left behind")
            await store.close()
        }
    }
}
