import CSQLite
import EngineKit

/// One prepared statement, kept for as long as its connection is used.
@safe final class SQLiteStatement {
    private let connection: SQLiteConnection
    private let handle: OpaquePointer

    /// Tells SQLite to copy what is bound before the call returns (`SQLITE_TRANSIENT`, which C defines by a cast).
    private static var copying: sqlite3_destructor_type {
        // SQLite compares the pointer with -1 and never calls it.
        unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    /// Prepares fixed SQL text.
    init(_ sql: StaticString, on connection: SQLiteConnection) throws(SQLiteError) {
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        try connection.check(unsafe sqlite3_prepare_v3(connection.handle, "\(sql)", -1, flags, &prepared, nil))
        guard let handle = unsafe prepared else { throw SQLiteError(code: SQLITE_MISUSE) }
        self.connection = connection
        unsafe self.handle = handle
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    /// Binds a row key as its 40 bytes; parameters count from 1.
    func bind(_ index: Int32, _ key: RowKey) throws(SQLiteError) {
        var words = key.words
        for place in 0..<5 { words[place] = words[place].bigEndian }
        let code = unsafe withUnsafeBytes(of: words) { bytes in
            unsafe sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(RowKey.byteCount), Self.copying)
        }
        try connection.check(code)
    }

    /// Binds bytes.
    func bind(_ index: Int32, _ bytes: [UInt8]) throws(SQLiteError) {
        // A nil pointer would bind NULL instead of no bytes.
        guard !bytes.isEmpty else { return try connection.check(unsafe sqlite3_bind_zeroblob(handle, index, 0)) }
        let code = unsafe bytes.withUnsafeBytes { bytes in
            unsafe sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), Self.copying)
        }
        try connection.check(code)
    }

    /// Binds a number.
    func bind(_ index: Int32, _ number: Int64) throws(SQLiteError) {
        try connection.check(unsafe sqlite3_bind_int64(handle, index, number))
    }

    /// Binds a revision.
    func bind(_ index: Int32, _ revision: Revision) throws(SQLiteError) {
        guard let number = Int64(exactly: revision.number) else { throw SQLiteError(code: SQLITE_RANGE) }
        try bind(index, number)
    }

    /// Runs the statement to its end and makes it ready for the next run.
    func run() throws(SQLiteError) {
        try forEachRow { _ throws(SQLiteError) in }
    }

    /// Runs the statement, hands out each row it answers, and makes it ready for the next run.
    func forEachRow(_ body: (borrowing SQLiteStatement) throws(SQLiteError) -> Void) throws(SQLiteError) {
        defer {
            unsafe sqlite3_reset(handle)
            unsafe sqlite3_clear_bindings(handle)
        }
        while true {
            switch unsafe sqlite3_step(handle) {
            case SQLITE_ROW: try body(self)
            case SQLITE_DONE: return
            case let code: throw connection.error(code)
            }
        }
    }

    /// The number in a column of the current row; columns count from 0.
    func number(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    /// The revision in a column of the current row.
    func revision(_ column: Int32) throws(SQLiteError) -> Revision {
        guard let number = UInt64(exactly: number(column)) else { throw .corrupt }
        return Revision(number)
    }

    /// The text in a column of the current row.
    func text(_ column: Int32) -> String {
        unsafe sqlite3_column_text(handle, column).map { unsafe String(cString: $0) } ?? ""
    }

    /// A copy of the bytes in a column of the current row.
    func bytes(_ column: Int32) -> [UInt8] {
        let start = unsafe sqlite3_column_blob(handle, column)
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// The row key in a column of the current row.
    func rowKey(_ column: Int32) throws(SQLiteError) -> RowKey {
        guard let start = unsafe sqlite3_column_blob(handle, column),
            unsafe Int(sqlite3_column_bytes(handle, column)) == RowKey.byteCount
        else { throw .corrupt }
        var words = InlineArray<5, UInt64>(repeating: 0)
        for place in 0..<5 {
            words[place] = UInt64(bigEndian: unsafe start.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
        }
        return RowKey(words)
    }
}
