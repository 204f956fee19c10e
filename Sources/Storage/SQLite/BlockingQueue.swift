import Glibc

/// A bounded queue from many tasks to the threads that work for them. Offering never waits; taking may.
///
/// `@unchecked Sendable`: everything mutable is touched only between `pthread_mutex_lock` and `unlock` of `lock`.
/// It is not a `Mutex` because a thread that takes must sleep until something arrives, which needs a condition.
@safe final class BlockingQueue<Element: Sendable>: @unchecked Sendable {
    /// What became of an offer.
    enum Acceptance {
        /// The element will be taken.
        case accepted
        /// The queue holds as much as it may.
        case full
        /// The queue takes nothing any more.
        case closed
    }

    /// What taking from the queue gave.
    enum Delivery {
        /// The oldest elements, at least one.
        case elements([Element])
        /// Nothing arrived in time.
        case nothing
        /// The queue was closed, and everything it had accepted was taken.
        case closed
    }

    /// How long to wait for an element.
    enum Patience {
        /// Not at all.
        case none
        /// So many seconds.
        case seconds(Int)
        /// Until there is an element or the queue is closed.
        case endless
    }

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let countLimit: Int
    private let costLimit: Int
    private var waiting: [(element: Element, cost: Int)] = []
    private var cost = 0
    private var isClosed = false

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - countLimit: how many elements may wait.
    ///   - costLimit: how much they may cost together, in the unit of `offer`. A single element may cost more.
    init(countLimit: Int, costLimit: Int = .max) {
        self.countLimit = countLimit
        self.costLimit = costLimit
        unsafe lock.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(lock, nil)
        unsafe arrival.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // Waiting must not depend on the wall clock, which may be set.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(arrival, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(arrival)
        unsafe pthread_mutex_destroy(lock)
        unsafe arrival.deallocate()
        unsafe lock.deallocate()
    }

    /// Adds an element unless the queue is full or closed.
    func offer(_ element: Element, cost: Int = 1) -> Acceptance {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        guard !isClosed else { return .closed }
        let (sum, overflow) = self.cost.addingReportingOverflow(cost)
        guard waiting.isEmpty || (waiting.count < countLimit && !overflow && sum <= costLimit) else { return .full }
        waiting.append((element, cost))
        self.cost = overflow ? .max : sum
        unsafe pthread_cond_signal(arrival)
        return .accepted
    }

    /// Takes the oldest elements.
    ///
    /// - Parameters:
    ///   - countLimit: how many at most.
    ///   - costLimit: how much they may cost together; the first is taken whatever it costs.
    ///   - patience: how long to wait when there is none.
    func take(upTo countLimit: Int, costLimit: Int = .max, waiting patience: Patience) -> Delivery {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        guard waitForArrival(patience) else { return .nothing }
        var count = 0
        var taken = 0
        while count < min(countLimit, waiting.count), count == 0 || waiting[count].cost <= costLimit - taken {
            taken += waiting[count].cost
            count += 1
        }
        guard count > 0 else { return .closed }
        let elements = waiting[..<count].map(\.element)
        waiting.removeFirst(count)
        cost -= taken
        return .elements(elements)
    }

    /// Accepts nothing more. What was accepted can still be taken.
    func close() {
        unsafe pthread_mutex_lock(lock)
        isClosed = true
        unsafe pthread_cond_broadcast(arrival)
        unsafe pthread_mutex_unlock(lock)
    }

    /// Waits, with the lock held, until there is an element or the queue is closed; `false` when neither came.
    private func waitForArrival(_ patience: Patience) -> Bool {
        var deadline = timespec()
        if case .seconds(let seconds) = patience {
            unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
            deadline.tv_sec += seconds
        }
        while waiting.isEmpty, !isClosed {
            switch patience {
            case .none: return false
            case .seconds: if unsafe pthread_cond_timedwait(arrival, lock, &deadline) == ETIMEDOUT { return hasArrived }
            case .endless: unsafe pthread_cond_wait(arrival, lock)
            }
        }
        return true
    }

    private var hasArrived: Bool { !waiting.isEmpty || isClosed }
}
