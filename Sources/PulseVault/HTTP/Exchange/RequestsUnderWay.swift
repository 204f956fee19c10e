import Synchronization

/// Counts the requests that are being served, so that too many of them are turned away before they cost anything.
final class RequestsUnderWay: Sendable {
    /// How many requests with a token may be under way.
    static let authenticatedLimit = 4096
    /// How many requests without a token may be under way.
    static let anonymousLimit = 256

    private let authenticated = Atomic(0)
    private let anonymous = Atomic(0)
    private let isAwaited = Atomic(false)
    private let waiters = Mutex<[CheckedContinuation<Void, Never>]>([])

    /// A request that is counted, until its turn ends or nobody knows of it any more.
    final class Turn: Sendable {
        private let requests: RequestsUnderWay
        private let hasToken: Bool
        private let isOver = Atomic(false)

        fileprivate init(_ requests: RequestsUnderWay, hasToken: Bool) {
            self.requests = requests
            self.hasToken = hasToken
        }

        deinit { end() }

        /// Counts the request out, if it is not counted out already.
        func end() {
            guard !isOver.exchange(true, ordering: .relaxed) else { return }
            requests.end(hasToken: hasToken)
        }
    }

    /// Counts a request in; `nil` when there is no room for it.
    func begin(hasToken: Bool) -> Turn? {
        let limit = hasToken ? Self.authenticatedLimit : Self.anonymousLimit
        let count =
            hasToken
            ? authenticated.add(1, ordering: .relaxed).newValue : anonymous.add(1, ordering: .relaxed).newValue
        guard count <= limit else {
            end(hasToken: hasToken)
            return nil
        }
        return Turn(self, hasToken: hasToken)
    }

    /// Waits until no request is under way. Call it when none comes in any more.
    func waitUntilNone() async {
        await withCheckedContinuation { waiter in
            waiters.withLock { $0.append(waiter) }
            isAwaited.store(true, ordering: .sequentiallyConsistent)
            releaseWaiters()
        }
    }

    private func end(hasToken: Bool) {
        if hasToken {
            authenticated.subtract(1, ordering: .sequentiallyConsistent)
        } else {
            anonymous.subtract(1, ordering: .sequentiallyConsistent)
        }
        if isAwaited.load(ordering: .sequentiallyConsistent) { releaseWaiters() }
    }

    private func releaseWaiters() {
        guard authenticated.load(ordering: .sequentiallyConsistent) == 0,
            anonymous.load(ordering: .sequentiallyConsistent) == 0
        else { return }
        let released = waiters.withLock { waiters in
            defer { waiters = [] }
            return waiters
        }
        for waiter in released { waiter.resume() }
    }
}
