import EngineKit
import Synchronization

/// The door to the thread that writes: a bounded queue, and what that thread lets others know.
final class SQLiteWriter: Sendable {
    /// A batch that waits, and where the answer goes.
    struct Pending: Sendable {
        /// The batch.
        let batch: SealedBatch
        /// Takes the revision once the batch is durable, or the reason why it is not.
        let reply: CheckedContinuation<Result<Revision, StoreError>, Never>
    }

    /// What the thread is asked to do.
    enum Job: Sendable {
        /// Apply a batch.
        case commit(Pending)
        /// Copy the database into a file that is empty, and answer the newest commit in the copy.
        case copy(into: String, reply: CheckedContinuation<Result<Revision, StoreError>, Never>)
    }

    private struct State {
        var observer: (@Sendable (SealedCommit) -> Void)?
        var isFinished = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// How many jobs may wait, and how many bytes of values with them.
    private static let waitingLimit = 4096
    private static let waitingByteLimit = 128 << 20
    /// What a job costs besides its values.
    private static let upkeep = 512

    /// How many batches, and how many bytes of values, become durable together at most.
    private static let groupLimit = 128
    private static let groupByteLimit = 16 << 20

    private let queue = BlockingQueue<Job>(countLimit: waitingLimit, costLimit: waitingByteLimit)
    private let state = Mutex(State())
    private let newest = Atomic<UInt64>(0)
    private let groupCount = Atomic<UInt64>(0)
    private let batchCount = Atomic<UInt64>(0)

    /// The newest commit that is durable and was observed.
    var revision: Revision { Revision(newest.load(ordering: .acquiring)) }

    /// How much was committed so far.
    var statistics: SQLiteStore.Statistics {
        SQLiteStore.Statistics(
            groups: groupCount.load(ordering: .relaxed), batches: batchCount.load(ordering: .relaxed))
    }

    /// Has a batch applied.
    func commit(_ batch: SealedBatch) async throws(StoreError) -> Revision {
        let cost = try batch.checkedByteCount() + Self.upkeep
        return try await withCheckedContinuation { ask(.commit(Pending(batch: batch, reply: $0)), cost, $0) }.get()
    }

    /// Has the database copied.
    func copy(into path: String) async throws(StoreError) -> Revision {
        try await withCheckedContinuation { ask(.copy(into: path, reply: $0), Self.upkeep, $0) }.get()
    }

    /// Sets who hears of each commit.
    func observe(_ observer: (@Sendable (SealedCommit) -> Void)?) {
        state.withLock { $0.observer = observer }
    }

    /// Accepts no more jobs.
    func close() { queue.close() }

    /// Waits until the thread has finished what was accepted and has released everything.
    func waitUntilFinished() async {
        await withCheckedContinuation { waiter in
            let isFinished = state.withLock { state in
                if !state.isFinished { state.waiters.append(waiter) }
                return state.isFinished
            }
            if isFinished { waiter.resume() }
        }
    }

    private func ask(_ job: Job, _ cost: Int, _ reply: CheckedContinuation<Result<Revision, StoreError>, Never>) {
        switch queue.offer(job, cost: cost) {
        case .accepted: break
        case .full: reply.resume(returning: .failure(.unavailable("too many writes are waiting")))
        case .closed: reply.resume(returning: .failure(.unavailable("the store is closed")))
        }
    }
}

/// The side of the door that the writing thread uses.
extension SQLiteWriter {
    /// Takes everything that is queued, up to what may be committed together.
    func takeJobs(waiting patience: BlockingQueue<Job>.Patience) -> BlockingQueue<Job>.Delivery {
        queue.take(upTo: Self.groupLimit, costLimit: Self.groupByteLimit, waiting: patience)
    }

    /// Starts from the newest commit found on the medium.
    func begin(at revision: Revision) {
        newest.store(revision.number, ordering: .releasing)
    }

    /// Tells the observer of commits that have just become durable together, in order.
    func publish(_ commits: [SealedCommit]) {
        let observer = state.withLock { $0.observer }
        groupCount.add(1, ordering: .relaxed)
        batchCount.add(UInt64(commits.count), ordering: .relaxed)
        for commit in commits {
            observer?(commit)
            newest.store(commit.revision.number, ordering: .releasing)
        }
    }

    /// Lets those go on who wait for the end.
    func finish() {
        let waiters = state.withLock { state in
            state.isFinished = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
