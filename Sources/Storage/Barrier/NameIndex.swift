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
