import EngineKit

/// One lock's worth of the sealed cache: a table of rows evicted by the CLOCK rule.
///
/// Each row has a mark that a look-up sets. When room is needed a hand goes round: it clears marks, and evicts the
/// first row it finds without one. That is close to evicting the least recently used, with no list to keep in order.
struct CacheShard {
    private struct Slot {
        var key: RowKey
        var value: SealedValue?
        var revision: Revision
        var isMarked: Bool
    }

    /// What a row costs besides its bytes: slot, table entry and array header.
    private static let upkeep = 192
    private static let bucketCount = 64

    private let byteLimit: Int
    private var slots: [Slot] = []
    private var hand = 0
    /// Where the rows lie in `slots`.
    private(set) var places: [RowKey: Int] = [:]
    /// How often commits touched rows, counted per group of rows.
    private(set) var touches = [UInt64](repeating: 0, count: bucketCount)
    /// How many bytes the rows cost.
    private(set) var byteCount = 0

    /// Makes an empty shard that keeps up to `byteLimit` bytes.
    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    /// Which counter of `touches` a row belongs to.
    static func bucket(of key: RowKey) -> Int {
        Int(truncatingIfNeeded: key.words[4] & UInt64(bucketCount - 1))
    }

    /// What is known about a row; marks it as used.
    mutating func find(_ key: RowKey) -> SealedCache.Finding {
        guard let place = places[key] else { return .unknown }
        slots[place].isMarked = true
        guard let value = slots[place].value else { return .absent }
        return .row(SealedRow(value: value, revision: slots[place].revision))
    }

    /// Takes in a row's change by a commit.
    mutating func follow(_ key: RowKey, _ value: SealedValue?, _ revision: Revision) {
        touches[Self.bucket(of: key)] &+= 1
        if let place = places[key] {
            // A read may have brought in a newer value than this commit's, before this commit was observed.
            guard slots[place].revision < revision else { return }
        } else {
            // Absences are kept only of rows that were asked for; directory rows are never asked for one by one.
            guard let value, RowFormat(of: value).isRecord else { return }
        }
        store(key, value, revision)
    }

    /// Keeps a row, replacing what was kept of it.
    mutating func store(_ key: RowKey, _ value: SealedValue?, _ revision: Revision) {
        if let place = places[key] { evict(place) }
        let cost = Self.cost(of: value)
        guard cost <= byteLimit / 4 else { return }
        places[key] = slots.count
        slots.append(Slot(key: key, value: value, revision: revision, isMarked: false))
        byteCount += cost
        makeRoom()
    }

    /// Forgets the rows of a range.
    mutating func remove(_ range: RowRange) {
        for index in touches.indices { touches[index] &+= 1 }
        for place in slots.indices.reversed() where range.contains(slots[place].key) { evict(place) }
    }

    private mutating func makeRoom() {
        while byteCount > byteLimit, !slots.isEmpty {
            if hand >= slots.count { hand = 0 }
            if slots[hand].isMarked {
                slots[hand].isMarked = false
                hand += 1
            } else {
                evict(hand)
                // In its place is the last row now, which may be the newest: it has its turn when the hand comes round.
                hand += 1
            }
        }
    }

    /// Removes the row at a place; the last row takes the place.
    private mutating func evict(_ place: Int) {
        places[slots[place].key] = nil
        byteCount -= Self.cost(of: slots[place].value)
        let last = slots.removeLast()
        guard place < slots.count else { return }
        slots[place] = last
        places[last.key] = place
    }

    private static func cost(of value: SealedValue?) -> Int {
        upkeep + (value?.bytes.count ?? 0)
    }
}

extension RowRange {
    /// Whether a row belongs to the range.
    func contains(_ key: RowKey) -> Bool {
        switch self {
        case .all: true
        case .realm(let tag): key.words[0] == tag
        case .folder(let realm, let high, let low):
            key.words[0] == realm && key.words[1] == high && key.words[2] == low
        }
    }
}
