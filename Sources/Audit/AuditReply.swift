import Synchronization

/// The answer to one record, given once: by the device or by the deadline, whichever is first.
final class AuditReply: Sendable {
    private enum State {
        case pending
        case waited(CheckedContinuation<AuditError?, Never>)
        case completed(AuditError?)
    }

    private let state = Mutex(State.pending)

    /// Gives the answer; later ones are ignored.
    ///
    /// - Returns: whether this was the first.
    @discardableResult
    func complete(_ error: AuditError?) -> Bool {
        let (isFirst, waiting) = state.withLock { state -> (Bool, CheckedContinuation<AuditError?, Never>?) in
            switch state {
            case .pending:
                state = .completed(error)
                return (true, nil)
            case .waited(let continuation):
                state = .completed(error)
                return (true, continuation)
            case .completed:
                return (false, nil)
            }
        }
        waiting?.resume(returning: error)
        return isFirst
    }

    /// Waits for the answer.
    func value() async -> AuditError? {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> AuditError?? in
                if case .completed(let error) = state { return .some(error) }
                state = .waited(continuation)
                return .none
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
