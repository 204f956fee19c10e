import EngineKit

/// The statements that apply batches, prepared once on the connection that writes.
struct RowWriting {
    private let connection: SQLiteConnection
    private let revisionOf: SQLiteStatement
    private let put: SQLiteStatement
    private let putIfAbsent: SQLiteStatement
    private let delete: SQLiteStatement
    private let deleteIfEmpty: SQLiteStatement
    private let deleteAll: SQLiteStatement

    /// Prepares the statements.
    init(on connection: SQLiteConnection) throws(SQLiteError) {
        self.connection = connection
        revisionOf = try SQLiteStatement("SELECT revision FROM rows WHERE key = ?1", on: connection)
        put = try SQLiteStatement(
            """
            INSERT INTO rows (key, revision, value) VALUES (?1, ?2, ?3)
            ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, value = excluded.value
            """, on: connection)
        putIfAbsent = try SQLiteStatement(
            "INSERT INTO rows (key, revision, value) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO NOTHING", on: connection)
        delete = try SQLiteStatement("DELETE FROM rows WHERE key = ?1", on: connection)
        deleteIfEmpty = try SQLiteStatement(
            """
            DELETE FROM rows WHERE key = ?1
            AND NOT EXISTS (SELECT 1 FROM rows WHERE key BETWEEN ?2 AND ?3)
            """, on: connection)
        deleteAll = try SQLiteStatement("DELETE FROM rows WHERE key BETWEEN ?1 AND ?2", on: connection)
    }

    /// Whether everything a batch expects of rows holds.
    func meetsExpectations(of batch: SealedBatch) throws(SQLiteError) -> Bool {
        for (key, expectation) in batch.expectations {
            var found: Revision?
            try revisionOf.bind(1, key)
            try revisionOf.forEachRow { row throws(SQLiteError) in found = try row.revision(0) }
            switch (expectation, found) {
            case (.absent, nil): continue
            case (.at(let expected), let found?) where expected == found: continue
            default: return false
            }
        }
        return true
    }

    /// Applies a batch's changes as a commit; which the caller makes durable, or takes back.
    func apply(_ batch: SealedBatch, at revision: Revision) throws(SQLiteError) -> SealedCommit {
        var summary = CommitSummary()
        for change in batch.changes { try apply(change, at: revision, summary: &summary) }
        return summary.commit(at: revision)
    }

    private func apply(
        _ change: SealedBatch.Change, at revision: Revision, summary: inout CommitSummary
    ) throws(SQLiteError) {
        switch change {
        case .put(let key, let value):
            try store(key, value, revision, with: put)
            summary.record(key, value)
        case .putIfAbsent(let key, let value):
            try store(key, value, revision, with: putIfAbsent)
            if connection.changedRowCount > 0 { summary.record(key, value) }
        case .delete(let key):
            try delete.bind(1, key)
            try delete.run()
            if connection.changedRowCount > 0 { summary.record(key, nil) }
        case .deleteIfEmpty(let key, let range):
            let bounds = range.bounds
            try deleteIfEmpty.bind(1, key)
            try deleteIfEmpty.bind(2, bounds.lowerBound)
            try deleteIfEmpty.bind(3, bounds.upperBound)
            try deleteIfEmpty.run()
            if connection.changedRowCount > 0 { summary.record(key, nil) }
        case .deleteAll(let range):
            let bounds = range.bounds
            try deleteAll.bind(1, bounds.lowerBound)
            try deleteAll.bind(2, bounds.upperBound)
            try deleteAll.run()
            summary.record(removed: range)
        }
    }

    private func store(
        _ key: RowKey, _ value: SealedValue, _ revision: Revision, with statement: SQLiteStatement
    ) throws(SQLiteError) {
        try statement.bind(1, key)
        try statement.bind(2, revision)
        try statement.bind(3, value.bytes)
        try statement.run()
    }
}
