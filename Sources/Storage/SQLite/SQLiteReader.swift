import EngineKit

/// The door to the threads that read. Each has a connection of its own, so reads wait for nobody but each other.
final class SQLiteReader: Sendable {
    /// What a thread is asked for, and where the answer goes.
    fileprivate enum Job: Sendable {
        case get([RowKey], Reply<[SealedRow?]>)
        case rows(ClosedRange<RowKey>, limit: Int, Reply<[(key: RowKey, row: SealedRow)]>)
    }

    fileprivate typealias Reply<Answer: Sendable> = CheckedContinuation<Result<Answer, StoreError>, Never>

    /// How many reads may wait.
    private static let waitingLimit = 4096

    private let queue = BlockingQueue<Job>(countLimit: waitingLimit)
    private let threads: [DedicatedThread]

    /// Starts the threads. They open their connections when they are first asked to read.
    ///
    /// - Parameters:
    ///   - path: the database file.
    ///   - threadCount: how many threads read.
    init(path: String, threadCount: Int) throws(DedicatedThread.Exhausted) {
        var started: [DedicatedThread] = []
        for _ in 0..<max(1, threadCount) {
            do throws(DedicatedThread.Exhausted) {
                started.append(
                    try DedicatedThread { [queue] in
                        let loop = ReaderLoop(path: path)
                        while case .elements(let jobs) = queue.take(upTo: 1, waiting: .endless) {
                            for job in jobs { loop.serve(job) }
                        }
                    })
            } catch {
                queue.close()
                for thread in started { thread.join() }
                throw error
            }
        }
        threads = started
    }

    /// Reads rows as of one commit, in the order of the keys.
    func get(_ keys: [RowKey]) async throws(StoreError) -> [SealedRow?] {
        try await withCheckedContinuation { ask(.get(keys, $0), $0) }.get()
    }

    /// Reads up to `limit` rows within bounds, in order.
    func rows(
        in bounds: ClosedRange<RowKey>, limit: Int
    ) async throws(StoreError) -> [(key: RowKey, row: SealedRow)] {
        try await withCheckedContinuation { ask(.rows(bounds, limit: limit, $0), $0) }.get()
    }

    /// Accepts no more reads.
    func close() { queue.close() }

    /// Waits until the accepted reads are answered and the connections are closed. Blocks; call it once.
    func join() {
        for thread in threads { thread.join() }
    }

    private func ask<Answer>(_ job: Job, _ reply: Reply<Answer>) {
        switch queue.offer(job) {
        case .accepted: break
        case .full: reply.resume(returning: .failure(.unavailable("too many reads are waiting")))
        case .closed: reply.resume(returning: .failure(.unavailable("the store is closed")))
        }
    }
}

/// What one reading thread does. Confined to that thread.
private final class ReaderLoop {
    private let path: String
    private var reading: RowReading?

    init(path: String) {
        self.path = path
    }

    func serve(_ job: SQLiteReader.Job) {
        switch job {
        case .get(let keys, let reply):
            reply.resume(returning: answer { reading throws(SQLiteError) in try reading.get(keys) })
        case .rows(let bounds, let limit, let reply):
            reply.resume(
                returning: answer { reading throws(SQLiteError) in try reading.rows(in: bounds, limit: limit) })
        }
    }

    private func answer<Answer>(
        _ read: (RowReading) throws(SQLiteError) -> Answer
    ) -> Result<Answer, StoreError> {
        do throws(SQLiteError) {
            return .success(try read(try opened()))
        } catch {
            // The next read starts with a fresh connection, outside of any transaction.
            reading = nil
            return .failure(.unavailable("reading failed: \(error)"))
        }
    }

    private func opened() throws(SQLiteError) -> RowReading {
        if let reading { return reading }
        let connection = try SQLiteConnection(path: path, access: .readOnly)
        try SQLiteSchema.setUpReader(connection)
        let reading = try RowReading(on: connection)
        self.reading = reading
        return reading
    }
}
