import EngineKit

/// Collects what a batch does while it is applied, and sums it up as a `SealedCommit`.
///
/// The summary is the net effect: whoever first removes the ranges and then takes over the rows arrives at the
/// state of the store. So a row appears once, with its last value, and not at all if a removed range swallowed it.
struct CommitSummary {
    private var rows: [(key: RowKey, value: SealedValue?)] = []
    private var places: [RowKey: Int] = [:]
    private var removedRanges: [RowRange] = []

    /// Makes the summary of a batch that has done nothing yet.
    init() {}

    /// Takes note of a row that was written, or removed when the value is `nil`.
    mutating func record(_ key: RowKey, _ value: SealedValue?) {
        if let place = places[key] {
            rows[place].value = value
        } else {
            places[key] = rows.count
            rows.append((key, value))
        }
    }

    /// Takes note of a range that was removed whole.
    mutating func record(removed range: RowRange) {
        removedRanges.append(range)
        let bounds = range.bounds
        rows.removeAll { bounds.contains($0.key) }
        places.removeAll(keepingCapacity: true)
        for (place, row) in rows.enumerated() { places[row.key] = place }
    }

    /// The commit that did all this.
    func commit(at revision: Revision) -> SealedCommit {
        SealedCommit(revision: revision, rows: rows, removedRanges: removedRanges)
    }
}
