import CSQLite
import EngineKit
import Foundation
import Testing

@testable import Storage

/// What happens when the database file, its folder or its neighbours are not as they should be.
@Suite struct SQLiteOpeningTests {
    private func openFailure(_ path: String) async -> SQLiteOpenError? {
        do throws(SQLiteOpenError) {
            let store = try await SQLiteStore.open(at: path) { _ in }
            await store.close()
            return nil
        } catch {
            return error
        }
    }

    /// Makes a database with a few rows and closes it.
    private func makeDatabase(_ folder: TemporaryFolder) async throws {
        let store = try await SQLiteStore.open(at: folder.database) { _ in }
        _ = try await store.commit(SealedBatch(.put(key(1), value(String(repeating: "a", count: 20_000)))))
        await store.close()
    }

    @Test func aSecondStoreIsRefusedUntilTheFirstIsClosed() async throws {
        try await withTemporaryFolder { folder in
            let first = try await SQLiteStore.open(at: folder.database) { _ in }
            #expect(await openFailure(folder.database) == .inUse(folder.database))
            await first.close()
            #expect(await openFailure(folder.database) == nil)
        }
    }

    @Test func anotherProcessIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteStore.open(at: folder.database) { _ in }
            await #expect(processExitsWith: .exitCode(33)) { [path = folder.database as String] in
                do throws(SQLiteOpenError) {
                    _ = try await SQLiteStore.open(at: path) { _ in }
                } catch {
                    if error == .inUse(path) { exit(33) }
                }
            }
            await store.close()
        }
    }

    @Test func closingLeavesOneFileBesideTheLock() async throws {
        try await withTemporaryFolder { folder in
            try await makeDatabase(folder)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/vault").sorted()
            #expect(names == ["vault.db", "vault.db.lock"])
        }
    }

    @Test func anAbandonedStoreReleasesItsFiles() async throws {
        try await withTemporaryFolder { folder in
            var store: SQLiteStore? = try await SQLiteStore.open(at: folder.database) { _ in }
            let writer = try #require(store?.writer)
            _ = try await store?.commit(SealedBatch(.put(key(1), value("a"))))
            store = nil
            await writer.waitUntilFinished()
            #expect(await openFailure(folder.database) == nil)
        }
    }

    /// C-12: a process started with umask 0 must still keep its files to itself.
    @Test func filesAndFoldersBelongToTheOwnerAloneWhateverTheUmask() async throws {
        try await withTemporaryFolder { folder in
            await #expect(processExitsWith: .success) { [folder = folder.path as String] in
                umask(0)
                let store = try await SQLiteStore.open(at: folder + "/a/b/vault.db") { _ in }
                _ = try await store.commit(SealedBatch(.put(key(1), value("a"))))
                _ = try await store.get([key(1)])
                _ = try await store.backUp(to: folder + "/a/b/backup.db")
                var expected: [String: Int] = ["a": 0o700, "a/b": 0o700]
                for name in ["vault.db", "vault.db-wal", "vault.db-shm", "vault.db.lock", "backup.db"] {
                    expected["a/b/" + name] = 0o600
                }
                var found: [String: Int] = [:]
                for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
                    let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
                    found[name] = attributes[.posixPermissions] as? Int
                }
                #expect(found == expected)
                await store.close()
            }
        }
    }

    @Test(arguments: ["vault", "vault/vault.db", "vault/vault.db-wal"], [0o710, 0o701, 0o640, 0o602] as [UInt32])
    func widerModesAreRefused(_ name: String, _ mode: UInt32) async throws {
        try await withTemporaryFolder { folder in
            try await makeDatabase(folder)
            let path = folder.path + "/" + name
            if !FileManager.default.fileExists(atPath: path) {
                #expect(FileManager.default.createFile(atPath: path, contents: Data()))
            }
            let wide = name == "vault" ? mode | 0o700 : mode
            unsafe #expect(chmod(path, wide) == 0)
            #expect(await openFailure(folder.database) == .tooWide(path, mode: wide))
        }
    }

    @Test func aDatabaseOfAnotherProgramIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let files = try StoreFiles(path: folder.database)
            try StoreFiles.makeFile(files.database)
            try SQLiteConnection(path: files.database, access: .readWrite).execute("CREATE TABLE rows (key, value)")
            #expect(await openFailure(folder.database) == .foreignDatabase(folder.database))
        }
    }

    @Test func aNewerFormatIsRefused() async throws {
        try await withTemporaryFolder { folder in
            try await makeDatabase(folder)
            try SQLiteConnection(path: folder.database, access: .readWrite).execute("PRAGMA user_version = 2")
            #expect(await openFailure(folder.database) == .unsupportedFormat(folder.database, version: 2))
        }
    }

    @Test(arguments: [0, 1, 15, 16, 99, 100, 512, 4095, 4096, 8192, 20_000])
    func aFileCutShortIsRefused(_ size: Int) async throws {
        try await withTemporaryFolder { folder in
            try await makeDatabase(folder)
            unsafe #expect(truncate(folder.database, size) == 0)
            let tellsPageSize = size >= 18
            let refusal: SQLiteOpenError = tellsPageSize ? .damaged(folder.database) : .notADatabase(folder.database)
            #expect(await openFailure(folder.database) == refusal)
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.database)
            #expect(attributes[.size] as? Int == size, "the refused file is left as it was")
        }
    }

    @Test func garbageIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let files = try StoreFiles(path: folder.database)
            try StoreFiles.makeFile(files.database)
            try Data(repeating: 0x5a, count: 40_000).write(to: URL(fileURLWithPath: files.database))
            unsafe #expect(chmod(files.database, 0o600) == 0)
            #expect(await openFailure(folder.database) == .notADatabase(folder.database))
        }
    }

    @Test func aLogWithoutItsDatabaseIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let files = try StoreFiles(path: folder.database)
            try StoreFiles.makeFile(files.log)
            #expect(await openFailure(folder.database) == .orphanedLog(folder.database))
        }
    }

    @Test func whatIsNotAFileIsRefused() async throws {
        try await withTemporaryFolder { folder in
            #expect(await openFailure(folder.path + "/") == .notAFile(folder.path + "/"))
            #expect(await openFailure(folder.path + "/..") == .notAFile(folder.path + "/.."))
            #expect(await openFailure("") == .notAFile(""))
            try await makeDatabase(folder)
            let link = folder.path + "/vault/link.db"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.database)
            #expect(await openFailure(link) == .notAFile(link))
            let directory = folder.path + "/vault/directory.db"
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            #expect(await openFailure(directory) == .notAFile(directory))
        }
    }

    @Test func anUnfinishedDatabaseIsMadeAnew() async throws {
        try await withTemporaryFolder { folder in
            let files = try StoreFiles(path: folder.database)
            try StoreFiles.makeFile(files.unfinished)
            try Data("half a database".utf8).write(to: URL(fileURLWithPath: files.unfinished + "-journal"))
            #expect(await openFailure(folder.database) == nil)
            #expect(!FileManager.default.fileExists(atPath: files.unfinished + "-journal"))
        }
    }

    @Test func theFileIsSetUpAsThePromisesNeed() async throws {
        try await withTemporaryFolder { folder in
            try await makeDatabase(folder)
            let connection = try SQLiteConnection(path: folder.database, access: .readWrite)
            try SQLiteSchema.setUpWriter(connection)
            #expect(try connection.texts("PRAGMA journal_mode") == ["wal"])
            let settings: [(StaticString, Int64)] = [
                ("PRAGMA application_id", 0x5056_4c54), ("PRAGMA user_version", 1), ("PRAGMA synchronous", 2),
                ("PRAGMA secure_delete", 1), ("PRAGMA cell_size_check", 1), ("PRAGMA trusted_schema", 0),
                ("PRAGMA wal_autocheckpoint", 0), ("PRAGMA journal_size_limit", 64 << 20),
                ("SELECT strict FROM pragma_table_list WHERE name = 'rows'", 1),
                ("SELECT wr FROM pragma_table_list WHERE name = 'rows'", 1),
            ]
            for (query, expected) in settings { #expect(try connection.number(query) == expected, "\(query)") }
        }
    }
}
