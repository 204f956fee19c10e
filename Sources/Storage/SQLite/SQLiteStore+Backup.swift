package import EngineKit
import Glibc

extension SQLiteStore {
    /// Writes the database as of some moment during the call into a file, while reading and writing go on.
    ///
    /// The copy is made under another name in the same folder, checked, flushed, and only then put in place, so the
    /// file is complete whenever it is there. It holds sealed rows only, as the database does.
    ///
    /// - Parameter path: the backup; a file there is replaced. Its mode is 0600, and its folder must exist.
    /// - Returns: the newest commit in the backup.
    /// - Throws: `StoreError.unavailable` when it could not be written or is not sound, when a backup is already
    ///   being made, or when the path is one of the database's own files.
    package func backUp(to path: String) async throws(StoreError) -> Revision {
        let files = files
        let exhausted = StoreError.unavailable("no thread can be started")
        let unfinished = try await DedicatedThread.run(whenExhausted: exhausted) { () throws(StoreError) in
            try Self.asStoreError { () throws(SQLiteOpenError) in try Self.makeTarget(path, besides: files) }
        }
        do throws(StoreError) {
            let revision = try await writer.copy(into: unfinished)
            try await DedicatedThread.run(whenExhausted: exhausted) { () throws(StoreError) in
                try Self.asStoreError { () throws(SQLiteOpenError) in
                    _ = try Self.inspect(unfinished)
                    try StoreFiles.install(unfinished, as: path)
                }
            }
            return revision
        } catch {
            // The error that is thrown says more than a failure to tidy up after it.
            try? StoreFiles.remove(unfinished)
            throw error
        }
    }

    /// Checks a backup: that it is one of ours, whole, and sound.
    ///
    /// - Returns: the newest commit in it.
    package static func verifyBackup(at path: String) async throws(SQLiteOpenError) -> Revision {
        let exhausted = SQLiteOpenError.database(path, reason: "no thread can be started")
        return try await DedicatedThread.run(whenExhausted: exhausted) { () throws(SQLiteOpenError) in
            try inspect(path)
        }
    }

    /// Reads a whole database file that nobody uses, and answers its newest commit if nothing is wrong with it.
    static func inspect(_ path: String) throws(SQLiteOpenError) -> Revision {
        let (folder, name) = try StoreFiles.split(path)
        let resolved = try StoreFiles.resolve(folder) + "/" + name
        let connection = try SQLiteOpenError.sorting(path) { () throws(SQLiteError) in
            let connection = try SQLiteConnection(path: resolved, access: .immutable)
            try SQLiteSchema.setUpReader(connection)
            return connection
        }
        try SQLiteSchema.identify(connection, path: path)
        return try SQLiteOpenError.sorting(path) { () throws(SQLiteError) in
            guard try SQLiteSchema.findings(on: connection).isEmpty else { throw .corrupt }
            let number = try connection.number("SELECT revision FROM log WHERE id = 1")
            guard let revision = UInt64(exactly: number) else { throw .corrupt }
            return Revision(revision)
        }
    }

    /// Makes the empty file the copy goes into, beside where the backup is to be.
    private static func makeTarget(_ path: String, besides files: StoreFiles) throws(SQLiteOpenError) -> String {
        let (folder, name) = try StoreFiles.split(path)
        let target = try StoreFiles.resolve(folder) + "/" + name
        let own = [files.database, files.log, files.logIndex, files.lock, files.unfinished]
        guard !own.contains(where: { $0.utf8.elementsEqual(target.utf8) }) else {
            throw .database(path, reason: "a backup cannot replace the database")
        }
        let unfinished = target + ".\(getpid())-\(UInt64.random(in: .min ... .max)).new"
        try StoreFiles.makeFile(unfinished)
        return unfinished
    }

    private static func asStoreError<Answer>(
        _ body: () throws(SQLiteOpenError) -> Answer
    ) throws(StoreError) -> Answer {
        do throws(SQLiteOpenError) {
            return try body()
        } catch {
            throw .unavailable("the backup failed: \(error)")
        }
    }
}
