import EngineKit

/// Commits several batches with one write to the medium. Confined to the writing thread.
final class CommitGroup {
    private let connection: SQLiteConnection
    private let writing: RowWriting
    private let begin: SQLiteStatement
    private let savepoint: SQLiteStatement
    private let takeBack: SQLiteStatement
    private let release: SQLiteStatement
    private let setRevision: SQLiteStatement
    private let end: SQLiteStatement
    private let undo: SQLiteStatement

    /// The newest durable commit.
    private(set) var revision: Revision

    /// Prepares the statements and reads the newest commit.
    init(on connection: SQLiteConnection) throws(SQLiteError) {
        self.connection = connection
        writing = try RowWriting(on: connection)
        begin = try SQLiteStatement("BEGIN IMMEDIATE", on: connection)
        savepoint = try SQLiteStatement("SAVEPOINT batch", on: connection)
        takeBack = try SQLiteStatement("ROLLBACK TO batch", on: connection)
        release = try SQLiteStatement("RELEASE batch", on: connection)
        setRevision = try SQLiteStatement("UPDATE log SET revision = ?1 WHERE id = 1", on: connection)
        end = try SQLiteStatement("COMMIT", on: connection)
        undo = try SQLiteStatement("ROLLBACK", on: connection)
        guard let number = UInt64(exactly: try connection.number("SELECT revision FROM log WHERE id = 1")) else {
            throw .corrupt
        }
        revision = Revision(number)
    }

    /// Applies batches in order, each seeing those before it, and makes them durable together.
    ///
    /// - Returns: for each batch its commit, or why it alone was refused. Refused batches changed nothing.
    /// - Throws: when the group as a whole failed. Nothing was applied then, unless the connection is still in its
    ///   transaction: then the medium is not to be trusted any more.
    func commit(_ batches: [SealedBatch]) throws(SQLiteError) -> [Result<SealedCommit, StoreError>] {
        do throws(SQLiteError) {
            try begin.run()
            var newest = revision
            var outcomes: [Result<SealedCommit, StoreError>] = []
            for batch in batches {
                let outcome = try apply(batch, at: Revision(newest.number + 1))
                if case .success(let commit) = outcome { newest = commit.revision }
                outcomes.append(outcome)
            }
            try conclude(at: newest)
            return outcomes
        } catch {
            // If the rollback fails too, the transaction stays open, and the caller sees that.
            if connection.isInTransaction { try? undo.run() }
            throw error
        }
    }

    private func apply(
        _ batch: SealedBatch, at revision: Revision
    ) throws(SQLiteError) -> Result<SealedCommit, StoreError> {
        try savepoint.run()
        do throws(SQLiteError) {
            guard try writing.meetsExpectations(of: batch) else {
                try release.run()
                return .failure(.conflict)
            }
            let commit = try writing.apply(batch, at: revision)
            try release.run()
            return .success(commit)
        } catch  where error.isOfStatement && connection.isInTransaction {
            try takeBack.run()
            try release.run()
            return .failure(.unavailable("the batch was refused: \(error)"))
        }
    }

    private func conclude(at newest: Revision) throws(SQLiteError) {
        guard newest > revision else { return try undo.run() }
        try setRevision.bind(1, newest)
        try setRevision.run()
        try end.run()
        revision = newest
    }
}
