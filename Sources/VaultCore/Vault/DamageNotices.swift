import Synchronization

/// Decides which findings of damaged rows are told: at most one a second, however many requests meet them.
final class DamageNotices: Sendable {
    /// The shortest time between two notices.
    private static let interval = Duration.seconds(1)

    private struct State {
        var next: ContinuousClock.Instant?
        var untold = 0
    }

    private let state = Mutex(State())

    /// Takes in a finding.
    ///
    /// - Returns: how many were not told since the last notice, when this one is to be told; `nil` when it is not.
    func take(at now: ContinuousClock.Instant = .now) -> Int? {
        state.withLock { state in
            if let next = state.next, now < next {
                state.untold += 1
                return nil
            }
            defer { state = State(next: now.advanced(by: Self.interval)) }
            return state.untold
        }
    }
}
