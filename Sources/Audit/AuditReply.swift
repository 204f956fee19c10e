import Synchronization

/// The answer to one record, given once: by the device or by the deadline, whichever is first.
final class AuditReply: Sendable {
    private enum State {
        case pending
        case awaited(@Sendable (AuditError?) -> Void)
        case completed(AuditError?)
    }

    private let state = Mutex(State.pending)

    /// Gives the answer; later ones are ignored.
    ///
    /// - Returns: whether this was the first.
    @discardableResult
    func complete(_ error: AuditError?) -> Bool {
        let (isFirst, listener) = state.withLock { state -> (Bool, (@Sendable (AuditError?) -> Void)?) in
            switch state {
            case .pending:
                state = .completed(error)
                return (true, nil)
            case .awaited(let listener):
                state = .completed(error)
                return (true, listener)
            case .completed:
                return (false, nil)
            }
        }
        listener?(error)
        return isFirst
    }

    /// Whether the answer was given.
    var isCompleted: Bool { state.withLock { if case .completed = $0 { true } else { false } } }

    /// Calls a listener with the answer, at once when it is there already. There is one listener.
    func whenCompleted(_ listener: @escaping @Sendable (AuditError?) -> Void) {
        let known = state.withLock { state -> AuditError?? in
            if case .completed(let error) = state { return .some(error) }
            state = .awaited(listener)
            return .none
        }
        if let known { listener(known) }
    }

    /// Waits for the answer.
    func value() async -> AuditError? {
        await withCheckedContinuation { continuation in whenCompleted { continuation.resume(returning: $0) } }
    }
}
