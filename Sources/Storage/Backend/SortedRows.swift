/// Rows in memory in the order of their keys.
///
/// The rows lie in runs of bounded length, so that inserting one moves few of the others however many there are.
struct SortedRows {
    private typealias Run = [(key: RowKey, row: SealedRow)]

    /// Where a key is, or where it would have to be inserted.
    private struct Place {
        var run: Int
        var index: Int
        var isOccupied: Bool
    }

    private static let runLimit = 256
    /// No run is empty, unless it is the only one.
    private var runs: [Run] = [[]]

    /// Makes an empty table.
    init() {}

    /// The row with a key.
    func row(_ key: RowKey) -> SealedRow? {
        let place = place(of: key)
        return place.isOccupied ? runs[place.run][place.index].row : nil
    }

    /// Stores a row, in place of the one that has its key.
    mutating func store(_ row: SealedRow, at key: RowKey) {
        let place = place(of: key)
        guard !place.isOccupied else {
            runs[place.run][place.index].row = row
            return
        }
        runs[place.run].insert((key, row), at: place.index)
        guard runs[place.run].count > Self.runLimit else { return }
        let upperHalf = Array(runs[place.run].suffix(Self.runLimit / 2))
        runs[place.run].removeLast(upperHalf.count)
        runs.insert(upperHalf, at: place.run + 1)
    }

    /// Removes the row with a key and tells whether there was one.
    mutating func remove(_ key: RowKey) -> Bool {
        let place = place(of: key)
        guard place.isOccupied else { return false }
        runs[place.run].remove(at: place.index)
        if runs[place.run].isEmpty, runs.count > 1 { runs.remove(at: place.run) }
        return true
    }

    /// Removes all rows within bounds.
    mutating func removeAll(in bounds: ClosedRange<RowKey>) {
        for index in runs.indices {
            guard let first = runs[index].first, let last = runs[index].last else { continue }
            guard first.key <= bounds.upperBound, bounds.lowerBound <= last.key else { continue }
            runs[index].removeAll { bounds.contains($0.key) }
        }
        runs.removeAll { $0.isEmpty }
        if runs.isEmpty { runs.append([]) }
    }

    /// Up to `limit` rows within bounds, in order.
    func rows(in bounds: ClosedRange<RowKey>, limit: Int) -> [(key: RowKey, row: SealedRow)] {
        var found: Run = []
        var place = place(of: bounds.lowerBound)
        while found.count < limit, place.run < runs.count {
            guard place.index < runs[place.run].count else {
                place = Place(run: place.run + 1, index: 0, isOccupied: false)
                continue
            }
            let row = runs[place.run][place.index]
            guard row.key <= bounds.upperBound else { break }
            found.append(row)
            place.index += 1
        }
        return found
    }

    /// Finds a key: first the last run that begins at or before it, then the place in that run.
    private func place(of key: RowKey) -> Place {
        let runsBefore = Self.partition(runs.count) { index in
            guard let first = runs[index].first else { return false }
            return first.key <= key
        }
        let run = max(0, runsBefore - 1)
        let index = Self.partition(runs[run].count) { runs[run][$0].key < key }
        return Place(run: run, index: index, isOccupied: index < runs[run].count && runs[run][index].key == key)
    }

    /// How many of the first elements satisfy a condition that none after them satisfies.
    private static func partition(_ count: Int, where isBefore: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
