/// The records that a transaction has read, each with what was there.
///
/// Nearly all transactions read a handful, which is searched faster than it is hashed; an index is made for more.
struct ReadSet {
    private static let searchLimit = 8

    private var records: [(key: StoreKey, stored: Stored?)] = []
    private var index: [StoreKey: Int] = [:]

    /// What was read under a key: `nil` when it was not read, `.some(nil)` when there was nothing.
    subscript(key: StoreKey) -> Stored?? {
        place(of: key).map { records[$0].stored }
    }

    /// Notes what was read under a key, in place of what was noted before.
    mutating func note(_ key: StoreKey, _ stored: Stored?) {
        if let place = place(of: key) {
            records[place].stored = stored
            return
        }
        records.append((key, stored))
        if records.count == Self.searchLimit + 1 {
            for (place, record) in records.enumerated() { index[record.key] = place }
        } else if records.count > Self.searchLimit {
            index[key] = records.count - 1
        }
    }

    /// Forgets everything.
    mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        index.removeAll(keepingCapacity: true)
    }

    /// What must still be there when the transaction commits.
    var expectations: [(key: StoreKey, expectation: WriteBatch.Expectation)] {
        records.map { ($0.key, $0.stored.map { .at($0.revision) } ?? .absent) }
    }

    private func place(of key: StoreKey) -> Int? {
        records.count > Self.searchLimit ? index[key] : records.firstIndex { $0.key == key }
    }
}
