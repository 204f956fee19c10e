import Synchronization

/// Counts what devices say about records that all of them were given: they count when one device has taken them.
final class RecordTally: Sendable {
    private struct Count {
        var awaited: Int
        var isRecorded = false
        var failure: AuditError?
    }

    private let count: Mutex<Count>
    private let done: @Sendable (AuditError?) -> Void

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - devices: how many devices were given the records; at least one.
    ///   - done: hears, when the last device has answered, `nil` if the records count, or why a device refused them.
    init(devices: Int, done: @escaping @Sendable (AuditError?) -> Void) {
        count = Mutex(Count(awaited: devices))
        self.done = done
    }

    /// Notes a device's answer: `nil` when it has taken the records.
    func note(_ failure: AuditError?) {
        let verdict = count.withLock { count -> AuditError?? in
            count.awaited -= 1
            if let failure { count.failure = failure } else { count.isRecorded = true }
            guard count.awaited == 0 else { return .none }
            return .some(count.isRecorded ? nil : count.failure)
        }
        if let verdict { done(verdict) }
    }
}
