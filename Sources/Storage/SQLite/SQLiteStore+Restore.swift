import CSQLite
package import EngineKit

extension SQLiteStore {
    /// Puts a backup in the place of a database that no process has open.
    ///
    /// The backup is checked first, copied beside the database, flushed, and put in place in one step: at every
    /// moment the path names either the old database or the whole backup.
    ///
    /// - Parameters:
    ///   - backup: a file made by `backUp`. It is only read.
    ///   - path: the database file; its folder is made with mode 0700 if it is missing.
    /// - Returns: the newest commit in the restored database.
    /// - Throws: `SQLiteOpenError`; the old database is untouched then.
    package static func restore(from backup: String, to path: String) async throws(SQLiteOpenError) -> Revision {
        let exhausted = SQLiteOpenError.database(path, reason: "no thread can be started")
        return try await DedicatedThread.run(whenExhausted: exhausted) { () throws(SQLiteOpenError) in
            try replaceDatabase(at: path, with: backup)
        }
    }

    private static func replaceDatabase(at path: String, with backup: String) throws(SQLiteOpenError) -> Revision {
        let revision = try inspect(backup)
        let files = try StoreFiles(path: path)
        let lock = try StoreLock(files)
        defer { withExtendedLifetime(lock) {} }
        try files.removeUnfinished()
        try StoreFiles.makeFile(files.unfinished)
        do throws(SQLiteOpenError) {
            try copyFile(from: backup, to: files.unfinished)
            guard try inspect(files.unfinished) == revision else { throw .damaged(backup) }
            try retireLog(of: files)
            try StoreFiles.install(files.unfinished, as: files.database)
        } catch {
            // The error that is thrown says more than a failure to tidy up after it.
            try? StoreFiles.remove(files.unfinished)
            throw error
        }
        return revision
    }

    /// Removes the write-ahead log of the database that is to be replaced; it would be applied to the new one.
    ///
    /// Its content is first moved where it belongs, so that the old database stays whole should the process end
    /// before the new one is in place. That fails if the old database is broken, which may be why it is replaced.
    private static func retireLog(of files: StoreFiles) throws(SQLiteOpenError) {
        if let connection = try? SQLiteConnection(path: files.database, access: .readWrite) {
            _ = try? connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE)
        }
        try StoreFiles.remove(files.log)
        try StoreFiles.remove(files.logIndex)
        try StoreFiles.flush(files.folder)
    }

    /// Copies a database file page by page; the target is an empty file.
    private static func copyFile(from path: String, to target: String) throws(SQLiteOpenError) {
        let (folder, name) = try StoreFiles.split(path)
        let source = try StoreFiles.resolve(folder) + "/" + name
        try SQLiteOpenError.sorting(target) { () throws(SQLiteError) in
            let copy = try DatabaseCopy(of: try SQLiteConnection(path: source, access: .immutable), into: target)
            while try !copy.advance() {}
        }
    }
}
