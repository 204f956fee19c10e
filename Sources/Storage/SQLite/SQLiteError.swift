import CSQLite

/// A call of SQLite that failed, told by numbers alone: SQLite's own messages may quote what was being stored.
struct SQLiteError: Error, Equatable, CustomStringConvertible {
    /// The extended result code (https://www.sqlite.org/rescode.html).
    let code: Int32
    /// The system's `errno` behind it; 0 when there was none.
    let systemError: Int32

    /// Makes an error from an extended result code.
    init(code: Int32, systemError: Int32 = 0) {
        self.code = code
        self.systemError = systemError
    }

    /// The result code without its extension.
    var primaryCode: Int32 { code & 0xff }

    /// What is on the medium does not make sense.
    static let corrupt = SQLiteError(code: SQLITE_CORRUPT)

    /// Whether the medium has no room left. Nothing else is wrong then.
    var isDiskFull: Bool { primaryCode == SQLITE_FULL }

    /// Whether what the medium holds is now in doubt, so that nothing may be acknowledged any more.
    var isLoss: Bool { [SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB].contains(primaryCode) }

    /// Whether only the statement was refused, because of what was bound to it.
    var isOfStatement: Bool {
        [SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE].contains(primaryCode)
    }

    /// SQLite's fixed text for the code, and the numbers.
    var description: String {
        let text = unsafe sqlite3_errstr(code).map { unsafe String(cString: $0) } ?? "unknown error"
        return "\(text) (SQLite \(code), errno \(systemError))"
    }
}
