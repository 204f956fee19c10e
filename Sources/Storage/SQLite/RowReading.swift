import EngineKit

/// The statements that read rows, prepared once on a connection.
struct RowReading {
    private let connection: SQLiteConnection
    private let one: SQLiteStatement
    private let several: SQLiteStatement
    private let begin: SQLiteStatement
    private let end: SQLiteStatement

    /// Prepares the statements.
    init(on connection: SQLiteConnection) throws(SQLiteError) {
        self.connection = connection
        one = try SQLiteStatement("SELECT revision, value FROM rows WHERE key = ?1", on: connection)
        several = try SQLiteStatement(
            "SELECT key, revision, value FROM rows WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT ?3", on: connection)
        begin = try SQLiteStatement("BEGIN", on: connection)
        end = try SQLiteStatement("COMMIT", on: connection)
    }

    /// Reads rows as of one commit, in the order of the keys.
    ///
    /// After an error the connection may be left inside a transaction; the caller gives it up.
    func get(_ keys: [RowKey]) throws(SQLiteError) -> [SealedRow?] {
        // A single statement sees one commit by itself.
        guard keys.count > 1 else { return try rows(keys) }
        try begin.run()
        let found = try rows(keys)
        try end.run()
        return found
    }

    /// Reads up to `limit` rows within bounds, in order.
    func rows(
        in bounds: ClosedRange<RowKey>, limit: Int
    ) throws(SQLiteError) -> [(key: RowKey, row: SealedRow)] {
        var found: [(key: RowKey, row: SealedRow)] = []
        try several.bind(1, bounds.lowerBound)
        try several.bind(2, bounds.upperBound)
        try several.bind(3, Int64(clamping: max(0, limit)))
        try several.forEachRow { row throws(SQLiteError) in
            let value = SealedValue(readFromBackend: row.bytes(2))
            found.append((try row.rowKey(0), SealedRow(value: value, revision: try row.revision(1))))
        }
        return found
    }

    private func rows(_ keys: [RowKey]) throws(SQLiteError) -> [SealedRow?] {
        var found: [SealedRow?] = []
        found.reserveCapacity(keys.count)
        for key in keys {
            var hit: SealedRow?
            try one.bind(1, key)
            try one.forEachRow { row throws(SQLiteError) in
                hit = SealedRow(value: SealedValue(readFromBackend: row.bytes(1)), revision: try row.revision(0))
            }
            found.append(hit)
        }
        return found
    }
}
