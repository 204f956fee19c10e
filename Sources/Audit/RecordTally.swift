import Synchronization

/// Counts what devices say about records that all of them were given: they count when one device has taken them.
final class RecordTally: Sendable {
    private struct Count {
        var awaited: Int
        var isRecorded = false
    }

    private let count: Mutex<Count>
    private let done: @Sendable (Bool) -> Void

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - devices: how many devices were given the records; at least one.
    ///   - done: hears, when the last device has answered, whether the records count.
    init(devices: Int, done: @escaping @Sendable (Bool) -> Void) {
        count = Mutex(Count(awaited: devices))
        self.done = done
    }

    /// Notes a device's answer.
    func note(isRecorded: Bool) {
        let verdict = count.withLock { count -> Bool? in
            count.awaited -= 1
            count.isRecorded = count.isRecorded || isRecorded
            return count.awaited == 0 ? count.isRecorded : nil
        }
        if let verdict { done(verdict) }
    }
}
