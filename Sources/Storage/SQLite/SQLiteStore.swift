package import EngineKit

/// The sealed store in a SQLite file.
///
/// One thread writes: it commits everything that waits with one write to the medium. A few others read. No task is
/// ever held up by the disk.
package final class SQLiteStore: SealedStore {
    /// How much a store has committed since it was opened.
    package struct Statistics: Sendable {
        /// Writes to the medium.
        package let groups: UInt64
        /// Batches made durable by them.
        package let batches: UInt64
    }

    /// The word for `storage_type` in seal-status.
    package let kind = "sqlite"

    /// The files of the database.
    let files: StoreFiles
    /// The door to the thread that writes.
    let writer: SQLiteWriter
    private let reader: SQLiteReader

    private init(files: StoreFiles, writer: SQLiteWriter, reader: SQLiteReader) {
        self.files = files
        self.writer = writer
        self.reader = reader
    }

    deinit {
        // Lets the threads end if nobody called `close`.
        reader.close()
        writer.close()
    }

    /// Opens a database, or makes it if there is none.
    ///
    /// - Parameters:
    ///   - path: the database file. Its folder is made with mode 0700 if it is missing; neither may be accessible
    ///     to others than the owner.
    ///   - readerCount: how many threads read.
    ///   - failure: called once, on the store's own thread, when the medium has failed in a way that leaves its
    ///     content in doubt. From then on every commit throws; the process should seal and end.
    /// - Throws: `SQLiteOpenError`, in particular `inUse` when another process has the database open.
    package static func open(
        at path: String, readerCount: Int = 2, failure: @escaping @Sendable (StoreError) -> Void
    ) async throws(SQLiteOpenError) -> SQLiteStore {
        let exhausted = SQLiteOpenError.database(path, reason: "no thread can be started")
        return try await withCheckedContinuation { (opening: Opening) in
            do throws(DedicatedThread.Exhausted) {
                let thread = try DedicatedThread {
                    do throws(SQLiteOpenError) {
                        try serve(path, readerCount, failure, opening)
                    } catch {
                        opening.resume(returning: .failure(error))
                    }
                }
                thread.detach()
            } catch {
                opening.resume(returning: .failure(exhausted))
            }
        }.get()
    }

    private typealias Opening = CheckedContinuation<Result<SQLiteStore, SQLiteOpenError>, Never>

    /// The whole life of the writing thread. It throws only before it has answered the opening.
    private static func serve(
        _ path: String, _ readerCount: Int, _ failure: @escaping @Sendable (StoreError) -> Void, _ opening: Opening
    ) throws(SQLiteOpenError) {
        let files = try StoreFiles(path: path)
        let lock = try StoreLock(files)
        let writer = SQLiteWriter()
        try work(files, writer, readerCount, failure, opening)
        // `work` has returned, so its connection is closed; only now may others open the database.
        _ = consume lock
        writer.finish()
    }

    private static func work(
        _ files: StoreFiles, _ writer: SQLiteWriter, _ readerCount: Int,
        _ failure: @escaping @Sendable (StoreError) -> Void, _ opening: Opening
    ) throws(SQLiteOpenError) {
        let loop = try WriterLoop(files: files, door: writer, onFailure: failure)
        let reader: SQLiteReader
        do throws(DedicatedThread.Exhausted) {
            reader = try SQLiteReader(path: files.database, threadCount: readerCount)
        } catch {
            throw .database(files.database, reason: "no thread can be started")
        }
        opening.resume(returning: .success(SQLiteStore(files: files, writer: writer, reader: reader)))
        loop.run()
        // Only a connection that is the last one can empty the log.
        reader.join()
        loop.shutDown()
    }

    /// The newest commit. It is durable, and the observer has heard of it.
    package var revision: Revision { writer.revision }

    /// How much was committed so far.
    package var statistics: Statistics { writer.statistics }

    /// Reads rows as of one commit, in the order of the keys; `nil` for each that does not exist.
    package func get(_ keys: [RowKey]) async throws(StoreError) -> [SealedRow?] {
        try await reader.get(keys)
    }

    /// Reads up to `limit` rows of a range in the order of their keys, beginning after a key.
    package func rows(
        in range: RowRange, after: RowKey?, limit: Int
    ) async throws(StoreError) -> [(key: RowKey, row: SealedRow)] {
        // Asked even if nothing can be found, so that a closed store says so.
        guard let bounds = range.bounds(after: after) else { return try await reader.rows(in: range.bounds, limit: 0) }
        return try await reader.rows(in: bounds, limit: limit)
    }

    /// Applies a batch if each expectation holds, and answers when it is durable.
    ///
    /// - Throws: `StoreError.conflict` when an expectation did not hold, `tooLarge` for a value above the limit,
    ///   `unavailable` when the disk is full, the medium failed, too much is waiting, or the store is closed.
    package func commit(_ batch: SealedBatch) async throws(StoreError) -> Revision {
        try await writer.commit(batch)
    }

    /// Sets who hears of each commit.
    package func observeCommits(_ observer: (@Sendable (SealedCommit) -> Void)?) {
        writer.observe(observer)
    }

    /// Finishes what was accepted, empties the write-ahead log, and releases files and threads.
    package func close() async {
        reader.close()
        writer.close()
        await writer.waitUntilFinished()
    }

    /// What is wrong with the database, as far as its structure shows; empty when it is sound. Reads all of it, which
    /// takes long for a large one, on a thread and connection of its own.
    package func integrityCheck() async throws(StoreError) -> [String] {
        let path = files.database
        let exhausted = StoreError.unavailable("no thread can be started")
        return try await DedicatedThread.run(whenExhausted: exhausted) { () throws(StoreError) in
            do throws(SQLiteError) {
                let connection = try SQLiteConnection(path: path, access: .readOnly)
                try SQLiteSchema.setUpReader(connection)
                return try SQLiteSchema.findings(on: connection)
            } catch {
                throw StoreError.unavailable("the integrity check failed: \(error)")
            }
        }
    }
}
