import Synchronization

/// How often a flag was evaluated in one environment since its counts were last taken, by variation.
package final class UsageTally: Sendable {
    private struct Counts {
        var byVariation: [UInt64]
        var isListed = false
    }

    private let counts: Mutex<Counts>

    /// Makes a tally without counts.
    ///
    /// - Parameter variations: how many variations the flag has.
    init(variations: Int) { counts = Mutex(Counts(byVariation: Array(repeating: 0, count: variations + 1))) }

    /// Counts an evaluation.
    ///
    /// - Parameter variation: the place of the variation that was served; `nil` for the caller's own default.
    /// - Returns: whether this is the first one since the counts were taken.
    func count(_ variation: Int?) -> Bool {
        let place = variation.map { $0 + 1 } ?? 0
        return counts.withLock { counts in
            if counts.byVariation.indices.contains(place) { counts.byVariation[place] &+= 1 }
            defer { counts.isListed = true }
            return !counts.isListed
        }
    }

    /// Takes note that the flag is in use without counting an evaluation; returns the same as `count`.
    func touch() -> Bool {
        counts.withLock { counts in
            defer { counts.isListed = true }
            return !counts.isListed
        }
    }

    /// The counts since the last time, which begin at 0 again: first the evaluations without a variation, then each
    /// variation's in the definition's order.
    func take() -> [UInt64] {
        counts.withLock { counts in
            let taken = counts.byVariation
            counts = Counts(byVariation: Array(repeating: 0, count: taken.count))
            return taken
        }
    }
}
