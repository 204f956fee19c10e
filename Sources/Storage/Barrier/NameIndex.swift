import EngineKit
import Notation

/// The names of one folder, sorted by their bytes, in two flat arrays.
struct NameIndex: Sendable {
    private let bytes: [UInt8]
    private let ends: [Int]

    /// Makes an index of sorted names.
    init(sorted names: [[UInt8]]) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        bytes.reserveCapacity(names.reduce(0) { $0 + $1.count })
        ends.reserveCapacity(names.count)
        for name in names {
            bytes += name
            ends.append(bytes.count)
        }
        self.bytes = bytes
        self.ends = ends
    }

    /// How many names there are.
    var count: Int { ends.count }

    /// How much memory the index takes, in bytes.
    var byteCount: Int { bytes.count + 8 * ends.count }

    /// The names after one, up to a limit.
    func page(after: [UInt8]?, limit: Int) -> NamePage {
        let first = after.map(position(after:)) ?? 0
        let taken = min(max(0, limit), count - first)
        let names = (first..<(first + taken)).map { Array(self[$0]) }
        return NamePage(names: names, isTruncated: taken < count - first)
    }

    private subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    private func position(after name: [UInt8]) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if ByteOrder.precedes(name.span, self[middle].span) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Gathers the names of a folder as they come, unsorted, and keeps no more of them than a page needs.
///
/// All names are kept while they fit into a byte limit; then the folder can be indexed. Above it, only those a page
/// can show are kept.
struct NameCollector {
    private let after: [UInt8]?
    private let limit: Int
    private let byteLimit: Int
    private var names: [[UInt8]] = []
    private var byteCount = 0
    private var isSelecting = false
    private var hasDropped = false

    /// Makes a collector for one page of a folder.
    ///
    /// - Parameter byteLimit: up to how many bytes of names all of them are kept.
    init(after: [UInt8]?, limit: Int, byteLimit: Int) {
        self.after = after
        self.limit = max(0, limit)
        self.byteLimit = byteLimit
    }

    /// Takes in a name. One name may come several times, for several records at its path.
    mutating func add(_ name: [UInt8]) {
        if isSelecting, let after, !ByteOrder.precedes(after, name) { return }
        names.append(name)
        byteCount += name.count + 40
        if byteCount > byteLimit, !isSelecting {
            isSelecting = true
            if let after { names.removeAll { !ByteOrder.precedes(after, $0) } }
        }
        // Sorting only when twice as many are kept as a page shows costs each name a logarithm, not a sort.
        if isSelecting, limit < Int.max / 4, names.count > 2 * limit + 1024 { trim() }
    }

    /// Ends the collection.
    ///
    /// - Returns: the page, and an index of the whole folder when all of its names were kept.
    mutating func finish() -> (page: NamePage, index: NameIndex?) {
        sortUnique()
        if !isSelecting, names.count >= FolderIndexes.smallestIndexed {
            let index = NameIndex(sorted: names)
            return (index.page(after: after, limit: limit), index)
        }
        if let after { names.removeAll { !ByteOrder.precedes(after, $0) } }
        let isTruncated = hasDropped || names.count > limit
        return (NamePage(names: Array(names.prefix(limit)), isTruncated: isTruncated), nil)
    }

    private mutating func trim() {
        sortUnique()
        guard names.count > limit else { return }
        names.removeSubrange(limit...)
        hasDropped = true
    }

    private mutating func sortUnique() {
        names.sort { ByteOrder.precedes($0, $1) }
        var kept = 0
        for index in names.indices where kept == 0 || names[kept - 1] != names[index] {
            names[kept] = names[index]
            kept += 1
        }
        names.removeSubrange(kept...)
    }
}
