import CSQLite

/// A copy of a database in the making. Confined to the thread of the connection it copies from.
///
/// If that is the connection that writes, SQLite carries each later commit over into what was already copied, so the
/// copy is the database as of its last step, and writing goes on between the steps
/// (https://www.sqlite.org/backup.html).
@safe final class DatabaseCopy {
    /// How many pages are copied in one step: half a mebibyte, a few milliseconds.
    private static let pagesPerStep: Int32 = 128

    private let source: SQLiteConnection
    private let target: SQLiteConnection
    private var handle: OpaquePointer?

    /// Begins a copy.
    ///
    /// - Parameters:
    ///   - source: the connection to the database that is copied.
    ///   - path: an empty file.
    init(of source: SQLiteConnection, into path: String) throws(SQLiteError) {
        self.source = source
        target = try SQLiteConnection(path: path, access: .readWrite)
        // Nobody uses the file before it is complete and flushed, so SQLite need not protect it.
        try target.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        unsafe handle = sqlite3_backup_init(target.handle, "main", source.handle, "main")
        guard unsafe handle != nil else { throw target.error(unsafe sqlite3_extended_errcode(target.handle)) }
    }

    deinit {
        _ = finish()
    }

    /// Copies the next pages.
    ///
    /// - Returns: whether they were the last. The copy is complete then, but not flushed to the medium.
    func advance() throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_backup_step(handle, Self.pagesPerStep) {
        case SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED: return false
        case SQLITE_DONE: break
        case let code: throw SQLiteError(code: code)
        }
        let code = finish()
        guard code == SQLITE_OK else { throw SQLiteError(code: code) }
        return true
    }

    private func finish() -> Int32 {
        guard let running = unsafe handle else { return SQLITE_OK }
        unsafe handle = nil
        return unsafe sqlite3_backup_finish(running)
    }
}
