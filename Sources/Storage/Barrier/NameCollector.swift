import EngineKit
import Notation

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
