import CSQLite

/// One connection to a database file. Not `Sendable`: the thread that opens it is the only one that uses it.
///
/// The connection is closed when the last statement made on it and the last reference to it are gone.
@safe final class SQLiteConnection {
    /// What a connection may do.
    enum Access {
        /// Read and write a file that exists.
        case readWrite
        /// Read while another connection writes.
        case readOnly
        /// Read a file that nobody writes, and leave no trace beside it.
        case immutable
    }

    /// How long a statement waits for a lock held by another process, in milliseconds. No other process should be
    /// there; the store's lock file sees to that.
    private static let busyTimeout: Int32 = 5000

    /// SQLite's object. The connection and its statements are confined to one thread, and a statement keeps its
    /// connection alive.
    let handle: OpaquePointer

    /// Opens a file that exists.
    ///
    /// - Throws: what SQLite answers. Symbolic links are not followed.
    init(path: String, access: Access) throws(SQLiteError) {
        let mode =
            switch access {
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        let name = access == .immutable ? Self.immutableURI(path) : path
        let flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(name, &opened, flags, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            let error = SQLiteError(code: code, systemError: unsafe opened.map { unsafe sqlite3_system_errno($0) } ?? 0)
            unsafe sqlite3_close_v2(opened)
            throw error
        }
        unsafe self.handle = handle
        unsafe sqlite3_busy_timeout(handle, Self.busyTimeout)
    }

    deinit {
        unsafe sqlite3_close_v2(handle)
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// How many rows the last statement changed.
    var changedRowCount: Int32 { unsafe sqlite3_changes(handle) }

    /// Throws unless a result code is `SQLITE_OK`.
    func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// The error for a result code that a call on this connection has just answered.
    func error(_ code: Int32) -> SQLiteError {
        SQLiteError(code: code, systemError: unsafe sqlite3_system_errno(handle))
    }

    /// Runs fixed SQL text of one or more statements and drops the rows they answer.
    func execute(_ sql: StaticString) throws(SQLiteError) {
        try check(unsafe sqlite3_exec(handle, "\(sql)", nil, nil, nil))
    }

    /// The number a query answers in the first column of its first row.
    func number(_ sql: StaticString) throws(SQLiteError) -> Int64 {
        var number: Int64?
        try SQLiteStatement(sql, on: self).forEachRow { row throws(SQLiteError) in number = row.number(0) }
        guard let number else { throw .corrupt }
        return number
    }

    /// The texts a query answers in the first column of its rows.
    func texts(_ sql: StaticString) throws(SQLiteError) -> [String] {
        var texts: [String] = []
        try SQLiteStatement(sql, on: self).forEachRow { row throws(SQLiteError) in texts.append(row.text(0)) }
        return texts
    }

    /// How many pages were written to the write-ahead log since this was last asked with `forgetting`.
    func writtenPageCount(forgetting: Bool) -> Int32 {
        var current: Int32 = 0
        var highest: Int32 = 0
        _ = unsafe sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_WRITE, &current, &highest, forgetting ? 1 : 0)
        return current
    }

    /// Moves pages of the write-ahead log into the database file.
    ///
    /// - Parameter mode: `SQLITE_CHECKPOINT_PASSIVE` or another of SQLite's modes.
    /// - Returns: whether nothing is left in the log.
    func checkpoint(_ mode: Int32) throws(SQLiteError) -> Bool {
        var logged: Int32 = 0
        var moved: Int32 = 0
        let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, mode, &logged, &moved)
        guard code & 0xff != SQLITE_BUSY else { return false }
        try check(code)
        return logged == moved
    }

    /// The URI of a file that is read as if it could not change (https://www.sqlite.org/uri.html).
    private static func immutableURI(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var uri = Array("file:".utf8)
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                uri.append(byte)
            default:
                uri += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: uri + Array("?immutable=1".utf8), as: UTF8.self)
    }
}
