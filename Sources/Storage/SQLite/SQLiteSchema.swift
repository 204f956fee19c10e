import CSQLite

/// What the database file looks like, and how connections to it are set up.
///
///     rows    key (40 bytes, primary key) | revision of the commit that wrote the row | value
///     log     one row: revision of the newest commit
///
/// The rows lie in one tree in the order of their keys (`WITHOUT ROWID`): most are far smaller than a page, a write
/// touches one leaf, and a folder is a few neighbouring leaves.
enum SQLiteSchema {
    /// `PVLT`: marks the file as ours (`PRAGMA application_id`).
    static let applicationID: Int64 = 0x5056_4c54

    /// The layout described here (`PRAGMA user_version`).
    static let formatVersion: Int64 = 1

    /// Fills an empty database.
    ///
    /// WAL must come first: it cannot be switched on inside a transaction.
    static func create(on connection: SQLiteConnection) throws(SQLiteError) {
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF")
        try connection.execute(
            """
            BEGIN IMMEDIATE;
            CREATE TABLE rows (
                key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 40),
                revision INTEGER NOT NULL CHECK (revision > 0),
                value BLOB NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE log (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                revision INTEGER NOT NULL CHECK (revision >= 0)
            ) STRICT;
            INSERT INTO log (id, revision) VALUES (1, 0);
            PRAGMA application_id = 0x50564c54;
            PRAGMA user_version = 1;
            COMMIT
            """)
    }

    /// Sets up the connection that writes.
    ///
    /// FULL is what makes an answered commit durable in WAL mode. Checkpoints are made explicitly, by this connection
    /// only: SQLite before 3.51.3 can lose commits when several connections write or checkpoint
    /// (https://www.sqlite.org/wal.html, "the WAL-reset bug"). Memory mapping is off because an I/O error would
    /// arrive as a signal that ends the process.
    static func setUpWriter(_ connection: SQLiteConnection) throws(SQLiteError) {
        try connection.execute(
            """
            PRAGMA wal_autocheckpoint = 0;
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            PRAGMA cell_size_check = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA mmap_size = 0;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -16384;
            PRAGMA journal_size_limit = 67108864
            """)
    }

    /// Sets up a connection that only reads.
    static func setUpReader(_ connection: SQLiteConnection) throws(SQLiteError) {
        try connection.execute(
            """
            PRAGMA wal_autocheckpoint = 0;
            PRAGMA query_only = ON;
            PRAGMA cell_size_check = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA mmap_size = 0;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -2048
            """)
    }

    /// Makes sure that the file behind a connection is one of ours, whole as far as its header tells.
    ///
    /// - Parameter path: the file's path, for the error.
    static func identify(_ connection: SQLiteConnection, path: String) throws(SQLiteOpenError) {
        let (pageCount, owner, version) = try SQLiteOpenError.sorting(path) { () throws(SQLiteError) in
            (
                try connection.number("PRAGMA page_count"), try connection.number("PRAGMA application_id"),
                try connection.number("PRAGMA user_version")
            )
        }
        // To SQLite an empty file is an empty database; a new one of ours is never empty.
        guard pageCount > 0 else { throw .notADatabase(path) }
        guard owner == applicationID else { throw .foreignDatabase(path) }
        guard version == formatVersion else { throw .unsupportedFormat(path, version: version) }
    }

    /// What is wrong with the database, as far as its structure shows; empty when it is sound. At most 20 findings.
    static func findings(on connection: SQLiteConnection) throws(SQLiteError) -> [String] {
        try connection.texts("PRAGMA integrity_check(20)").filter { !$0.utf8.elementsEqual("ok".utf8) }
    }
}
