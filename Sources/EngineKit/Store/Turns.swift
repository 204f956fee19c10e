import Synchronization

/// Lets one at a time go on, in the order in which they came.
final class Turns: Sendable {
    private struct Line {
        var isTaken = false
        /// Those who wait; the ones before `next` have had their turn.
        var waiting: [CheckedContinuation<Void, Never>] = []
        var next = 0

        /// The first who waits.
        mutating func popFirst() -> CheckedContinuation<Void, Never>? {
            guard next < waiting.count else {
                waiting.removeAll(keepingCapacity: true)
                next = 0
                return nil
            }
            defer { next += 1 }
            return waiting[next]
        }
    }

    private let line = Mutex(Line())

    /// Waits for a turn. Whoever has it ends it.
    func begin() async {
        await withCheckedContinuation { continuation in
            let isFree = line.withLock { line in
                if line.isTaken {
                    line.waiting.append(continuation)
                    return false
                }
                line.isTaken = true
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Ends a turn; the next one begins.
    func end() {
        let next = line.withLock { line in
            let next = line.popFirst()
            if next == nil { line.isTaken = false }
            return next
        }
        next?.resume()
    }
}
