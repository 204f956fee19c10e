import CSQLite

/// Why a database file could not be opened, checked or put in place. Each says what to do where that is known.
package enum SQLiteOpenError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process, or another store in this one, has the database open.
    case inUse(String)
    /// Others than the owner may use a file or folder; `mode` is its permission bits.
    case tooWide(String, mode: UInt32)
    /// The path does not name a regular file, or its folder is no folder.
    case notAFile(String)
    /// The file is not a database at all.
    case notADatabase(String)
    /// The file is a database of another program.
    case foreignDatabase(String)
    /// The file has a layout this program does not know.
    case unsupportedFormat(String, version: Int64)
    /// The file is a database of ours, but cut short or overwritten.
    case damaged(String)
    /// The database is gone, but its write-ahead log is still there.
    case orphanedLog(String)
    /// The system refused an operation on a file.
    case system(String, operation: String, code: Int32)
    /// SQLite refused for another reason.
    case database(String, reason: String)

    /// Sorts an error of SQLite.
    init(_ error: SQLiteError, path: String) {
        self =
            switch error.primaryCode {
            case SQLITE_NOTADB: .notADatabase(path)
            case SQLITE_CORRUPT: .damaged(path)
            default: .database(path, reason: error.description)
            }
    }

    /// Does something with a database file and sorts what SQLite says to it.
    static func sorting<Answer>(
        _ path: String, _ body: () throws(SQLiteError) -> Answer
    ) throws(SQLiteOpenError) -> Answer {
        do throws(SQLiteError) {
            return try body()
        } catch {
            throw SQLiteOpenError(error, path: path)
        }
    }

    /// The error as a sentence for the operator.
    package var description: String {
        switch self {
        case .inUse(let path):
            "\(path) is in use by another process"
        case .tooWide(let path, let mode):
            "\(path) has mode 0\(String(mode, radix: 8)): only its owner may have access (chmod go= it)"
        case .notAFile(let path):
            "\(path) is not of the expected type: the database is a regular file in a folder"
        case .notADatabase(let path):
            "\(path) is not a database"
        case .foreignDatabase(let path):
            "\(path) is the database of another program"
        case .unsupportedFormat(let path, let version):
            "\(path) has format \(version), but this program knows only format \(SQLiteSchema.formatVersion)"
        case .damaged(let path):
            "\(path) is damaged or cut short; restore a backup"
        case .orphanedLog(let path):
            "\(path) is missing, but its write-ahead log is there; bring the file back, or move the log away"
        case .system(let path, let operation, let code):
            "\(path): \(operation) failed (errno \(code))"
        case .database(let path, let reason):
            "\(path): \(reason)"
        }
    }
}
