import Synchronization

/// Counts what devices say about the two records of one request: each counts when at least one device has taken it.
final class RecordTally: Sendable {
    /// Which of the two records.
    enum Record {
        /// What was asked.
        case request
        /// What was answered.
        case response
    }

    private struct Count {
        var awaited: Int
        var isRequestRecorded = false
        var isResponseRecorded = false
    }

    private let count: Mutex<Count>
    private let done: @Sendable (Bool) -> Void

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - devices: how many devices were given both records; at least one.
    ///   - done: hears, when the last device has answered, whether both records count.
    init(devices: Int, done: @escaping @Sendable (Bool) -> Void) {
        count = Mutex(Count(awaited: 2 * devices))
        self.done = done
    }

    /// Notes a device's answer.
    func note(_ record: Record, isRecorded: Bool) {
        let verdict = count.withLock { count -> Bool? in
            count.awaited -= 1
            switch record {
            case .request: count.isRequestRecorded = count.isRequestRecorded || isRecorded
            case .response: count.isResponseRecorded = count.isResponseRecorded || isRecorded
            }
            return count.awaited == 0 ? count.isRequestRecorded && count.isResponseRecorded : nil
        }
        if let verdict { done(verdict) }
    }
}
