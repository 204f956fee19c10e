import CSQLite
import EngineKit

/// What the writing thread does: it commits groups, makes checkpoints between them, and copies the database for
/// backups a slice at a time. Confined to that thread, as is its connection, the only one that writes.
final class WriterLoop {
    /// How many pages may be in the write-ahead log before a checkpoint is due: 32 MiB.
    private static let pagesBeforeCheckpoint: Int32 = 8192
    /// How many seconds without work make a good moment for a checkpoint.
    private static let idleSeconds = 1

    /// A backup in the making, and where the answer goes.
    private struct Backup {
        let copy: DatabaseCopy
        let reply: CheckedContinuation<Result<Revision, StoreError>, Never>
    }

    private let connection: SQLiteConnection
    private let group: CommitGroup
    private let door: SQLiteWriter
    private let onFailure: @Sendable (StoreError) -> Void
    private var backup: Backup?
    private var hasUnmovedPages = true
    /// Why nothing is acknowledged any more.
    private var failure: StoreError?

    /// Opens the database, or makes it if there is none.
    ///
    /// - Parameters:
    ///   - files: the files of the database, which is locked for this store.
    ///   - door: where jobs come from.
    ///   - onFailure: called once if the medium fails in a way that leaves its content in doubt.
    init(
        files: StoreFiles, door: SQLiteWriter, onFailure: @escaping @Sendable (StoreError) -> Void
    ) throws(SQLiteOpenError) {
        let path = files.database
        if try !files.databaseExists() { try Self.createDatabase(files) }
        let connection = try SQLiteOpenError.sorting(path) { () throws(SQLiteError) in
            try SQLiteConnection(path: path, access: .readWrite)
        }
        try SQLiteSchema.identify(connection, path: path)
        group = try SQLiteOpenError.sorting(path) { () throws(SQLiteError) in
            // Without the log, a commit would not be durable in the way this store relies on.
            guard try connection.texts("PRAGMA journal_mode") == ["wal"] else { throw .corrupt }
            try SQLiteSchema.setUpWriter(connection)
            return try CommitGroup(on: connection)
        }
        self.connection = connection
        self.door = door
        self.onFailure = onFailure
        door.begin(at: group.revision)
    }

    /// Works until the door is closed and everything it had accepted is answered.
    func run() {
        while true {
            switch door.takeJobs(waiting: patience) {
            case .elements(let jobs): serve(jobs)
            case .nothing: if backup == nil { checkpoint() }
            case .closed: return endBackup(.failure(.unavailable("the store is closed")))
            }
            advanceBackup()
        }
    }

    /// Moves the whole write-ahead log into the database file, so that closing leaves that file alone behind.
    ///
    /// Call it when nobody reads any more. After a failure nothing is written: what the system may have dropped
    /// from its cache must not be taken for durable, and closing the last connection would do just that.
    func shutDown() {
        if failure == nil {
            do throws(SQLiteError) {
                _ = try connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE)
            } catch {
                note(error)
            }
        }
        // Left open on purpose until the process ends.
        if failure != nil { _ = unsafe Unmanaged.passRetained(connection) }
    }

    private var patience: BlockingQueue<SQLiteWriter.Job>.Patience {
        if backup != nil { return .none }
        return hasUnmovedPages ? .seconds(Self.idleSeconds) : .endless
    }

    private func serve(_ jobs: [SQLiteWriter.Job]) {
        var batches: [SQLiteWriter.Pending] = []
        for job in jobs {
            switch job {
            case .commit(let pending): batches.append(pending)
            case .copy(let path, let reply): beginBackup(into: path, reply: reply)
            }
        }
        if !batches.isEmpty { commit(batches) }
    }

    private func commit(_ batches: [SQLiteWriter.Pending]) {
        if let failure {
            for pending in batches { pending.reply.resume(returning: .failure(failure)) }
            return
        }
        do throws(SQLiteError) {
            let outcomes = try group.commit(batches.map(\.batch))
            let commits = outcomes.compactMap { try? $0.get() }  // Failures are answered below.
            if !commits.isEmpty { door.publish(commits) }
            for (pending, outcome) in zip(batches, outcomes) {
                pending.reply.resume(returning: outcome.map(\.revision))
            }
        } catch {
            let reason = StoreError.unavailable(error.isDiskFull ? "disk full" : "writing failed: \(error)")
            let hasFailed = error.isLoss || connection.isInTransaction
            if hasFailed { failure = reason }
            for pending in batches { pending.reply.resume(returning: .failure(reason)) }
            if hasFailed { return onFailure(reason) }
            // A log that was moved starts over, and that may be all the room there is.
            if error.isDiskFull { return checkpoint() }
        }
        hasUnmovedPages = true
        if connection.writtenPageCount(forgetting: false) >= Self.pagesBeforeCheckpoint { checkpoint() }
    }

    private func checkpoint() {
        guard failure == nil else { return hasUnmovedPages = false }
        do throws(SQLiteError) {
            hasUnmovedPages = try !connection.checkpoint(SQLITE_CHECKPOINT_PASSIVE)
            _ = connection.writtenPageCount(forgetting: true)
        } catch {
            note(error)
        }
    }

    /// Takes note of an error outside of a commit. The log still has what could not be moved, so only a medium whose
    /// content is in doubt matters.
    private func note(_ error: SQLiteError) {
        guard error.isLoss, failure == nil else { return }
        let reason = StoreError.unavailable("writing failed: \(error)")
        failure = reason
        onFailure(reason)
    }

    private func beginBackup(
        into path: String, reply: CheckedContinuation<Result<Revision, StoreError>, Never>
    ) {
        if let failure { return reply.resume(returning: .failure(failure)) }
        guard backup == nil else {
            return reply.resume(returning: .failure(.unavailable("a backup is already being made")))
        }
        do throws(SQLiteError) {
            backup = Backup(copy: try DatabaseCopy(of: connection, into: path), reply: reply)
        } catch {
            reply.resume(returning: .failure(.unavailable("the backup failed: \(error)")))
        }
    }

    private func advanceBackup() {
        guard let backup else { return }
        if let failure { return endBackup(.failure(failure)) }
        do throws(SQLiteError) {
            if try backup.copy.advance() { endBackup(.success(group.revision)) }
        } catch {
            endBackup(.failure(.unavailable("the backup failed: \(error)")))
        }
    }

    private func endBackup(_ result: Result<Revision, StoreError>) {
        backup?.reply.resume(returning: result)
        backup = nil
    }

    /// Makes a database under another name first, so that one that is there is always complete.
    private static func createDatabase(_ files: StoreFiles) throws(SQLiteOpenError) {
        try files.removeUnfinished()
        try StoreFiles.makeFile(files.unfinished)
        try SQLiteOpenError.sorting(files.unfinished) { () throws(SQLiteError) in
            try SQLiteSchema.create(on: try SQLiteConnection(path: files.unfinished, access: .readWrite))
        }
        try StoreFiles.install(files.unfinished, as: files.database)
    }
}
