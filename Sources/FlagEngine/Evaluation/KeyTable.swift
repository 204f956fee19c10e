import Notation

/// An immutable list of texts that are found by their bytes, without allocating and without making strings.
struct KeyTable: Sendable {
    private static let linearLimit = 4

    // All keys one after the other, and where each ends.
    private let bytes: [UInt8]
    private let ends: [Int]
    // Open addressing: a key's number, or -1. Twice as many as keys, a power of two; none for a short list.
    private let slots: [Int32]

    /// How many keys there are.
    var count: Int { ends.count }

    /// Whether there are no keys.
    var isEmpty: Bool { ends.isEmpty }

    /// Takes keys; of equal ones the first is found. More than 2³⁰ of them are not meant.
    init(_ keys: [String]) {
        (bytes, ends) = Self.joined(keys)
        var slots: [Int32] = []
        if keys.count > Self.linearLimit {
            slots = Self.emptySlots(for: keys.count)
            for index in keys.indices { _ = Self.place(index, bytes, ends, &slots) }
        }
        self.slots = slots
    }

    /// The place of the first text that is equal to an earlier one.
    static func indexOfDuplicate(in keys: [String]) -> Int? {
        let (bytes, ends) = joined(keys)
        var slots = emptySlots(for: keys.count)
        return keys.indices.first { !place($0, bytes, ends, &slots) }
    }

    /// The place of a key in the list.
    func index(of key: Span<UInt8>) -> Int? {
        if slots.isEmpty {
            for index in ends.indices where Self.isEqual(index, bytes, ends, to: key) { return index }
            return nil
        }
        let mask = slots.count &- 1
        var slot = Self.hash(key) & mask
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if Self.isEqual(index, bytes, ends, to: key) { return index }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// The place of a key in the list.
    ///
    /// It reads the string's own view: a call with a span would ask for the metadata of the closure's types each time,
    /// which takes longer than the rest.
    func index(of key: String) -> Int? {
        let key = key.utf8
        if slots.isEmpty {
            for index in ends.indices where Self.isEqual(index, bytes, ends, to: key) { return index }
            return nil
        }
        var hash = KeyHash()
        for byte in key { hash.add(byte) }
        let mask = slots.count &- 1
        var slot = hash.finish() & mask
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if Self.isEqual(index, bytes, ends, to: key) { return index }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    private static func joined(_ keys: [String]) -> (bytes: [UInt8], ends: [Int]) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        bytes.reserveCapacity(keys.reduce(0) { $0 + $1.utf8.count })
        ends.reserveCapacity(keys.count)
        for key in keys {
            bytes.append(utf8: key)
            ends.append(bytes.count)
        }
        return (bytes, ends)
    }

    private static func emptySlots(for count: Int) -> [Int32] {
        var capacity = 8
        while capacity < count * 2 { capacity *= 2 }
        return [Int32](repeating: -1, count: capacity)
    }

    // Whether the key was not there yet.
    private static func place(_ index: Int, _ bytes: [UInt8], _ ends: [Int], _ slots: inout [Int32]) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        let key = bytes.span.extracting(start..<ends[index])
        let mask = slots.count - 1
        var slot = hash(key) & mask
        while slots[slot] >= 0 {
            if isEqual(Int(slots[slot]), bytes, ends, to: key) { return false }
            slot = (slot + 1) & mask
        }
        slots[slot] = Int32(truncatingIfNeeded: index)
        return true
    }

    private static func isEqual(_ index: Int, _ bytes: [UInt8], _ ends: [Int], to key: Span<UInt8>) -> Bool {
        let start = index == 0 ? 0 : ends[index &- 1]
        guard ends[index] &- start == key.count else { return false }
        for position in key.indices where bytes[start &+ position] != key[position] { return false }
        return true
    }

    private static func isEqual(_ index: Int, _ bytes: [UInt8], _ ends: [Int], to key: String.UTF8View) -> Bool {
        var position = index == 0 ? 0 : ends[index &- 1]
        guard ends[index] &- position == key.count else { return false }
        for byte in key {
            if bytes[position] != byte { return false }
            position &+= 1
        }
        return true
    }

    private static func hash(_ key: Span<UInt8>) -> Int {
        var hash = KeyHash()
        for index in key.indices { hash.add(key[index]) }
        return hash.finish()
    }
}

/// The standard library's hash over bytes; it is seeded per process, so nobody can choose keys that collide.
private struct KeyHash {
    private var hasher = Hasher()
    private var word: UInt64 = 0
    private var count = 0

    @inline(__always)
    mutating func add(_ byte: UInt8) {
        word = word << 8 | UInt64(byte)
        count &+= 1
        if count & 7 == 0 {
            hasher.combine(word)
            word = 0
        }
    }

    func finish() -> Int {
        var hasher = hasher
        hasher.combine(word)
        hasher.combine(count)
        return hasher.finalize()
    }
}
