import Synchronization

/// Counts the requests that are being served, so that too many of them are turned away before they cost anything.
final class RequestsUnderWay: Sendable {
    /// What requests are counted as.
    enum Kind: Sendable {
        /// One with a token, from its head on.
        case authenticated
        /// One without a token whose body is still to come, and is longer than what nobody counts.
        ///
        /// These are counted by themselves, so that clients who send slowly keep nobody else from being served.
        case upload
        /// One without a token that is here as a whole.
        case anonymous

        /// How many of them may be under way.
        fileprivate var limit: Int { self == .authenticated ? 4096 : 256 }
    }

    private let authenticated = Atomic(0)
    private let uploads = Atomic(0)
    private let anonymous = Atomic(0)
    private let isAwaited = Atomic(false)
    private let waiters = Mutex<[CheckedContinuation<Void, Never>]>([])

    /// A request that is counted, until its turn ends or nobody knows of it any more.
    final class Turn: Sendable {
        private let requests: RequestsUnderWay
        private let kind: Kind
        private let isOver = Atomic(false)

        fileprivate init(_ requests: RequestsUnderWay, _ kind: Kind) {
            self.requests = requests
            self.kind = kind
        }

        deinit { end() }

        /// Counts the request out, if it is not counted out already.
        func end() {
            guard !isOver.exchange(true, ordering: .relaxed) else { return }
            requests.end(kind)
        }
    }

    /// Counts a request in; `nil` when there is no room for it.
    func begin(_ kind: Kind) -> Turn? {
        guard add(1, to: kind) <= kind.limit else {
            end(kind)
            return nil
        }
        return Turn(self, kind)
    }

    /// Waits until no request is under way. Call it when none comes in any more.
    func waitUntilNone() async {
        await withCheckedContinuation { waiter in
            waiters.withLock { $0.append(waiter) }
            isAwaited.store(true, ordering: .sequentiallyConsistent)
            releaseWaiters()
        }
    }

    private func end(_ kind: Kind) {
        _ = add(-1, to: kind)
        if isAwaited.load(ordering: .sequentiallyConsistent) { releaseWaiters() }
    }

    private func add(_ number: Int, to kind: Kind) -> Int {
        switch kind {
        case .authenticated: authenticated.add(number, ordering: .sequentiallyConsistent).newValue
        case .upload: uploads.add(number, ordering: .sequentiallyConsistent).newValue
        case .anonymous: anonymous.add(number, ordering: .sequentiallyConsistent).newValue
        }
    }

    private func releaseWaiters() {
        guard add(0, to: .authenticated) == 0, add(0, to: .upload) == 0, add(0, to: .anonymous) == 0 else { return }
        let released = waiters.withLock { waiters in
            defer { waiters = [] }
            return waiters
        }
        for waiter in released { waiter.resume() }
    }
}
