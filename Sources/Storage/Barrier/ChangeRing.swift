import EngineKit

/// The last commits of a change feed, bounded in commits and in records named by them.
struct ChangeRing {
    private let commitLimit: Int
    private let keyLimit: Int
    private var notices: [ChangeNotice] = []
    /// Where the remembered notices begin in `notices`; what lies before is cut off now and then.
    private var start = 0
    private var keyCount = 0
    /// The newest commit that is not remembered any more.
    private var forgotten: Revision
    private var newest: Revision

    /// Makes an empty ring that remembers nothing up to `floor`.
    init(floor: Revision, commitLimit: Int, keyLimit: Int) {
        self.commitLimit = max(1, commitLimit)
        self.keyLimit = max(1, keyLimit)
        forgotten = floor
        newest = floor
    }

    /// Remembers a commit and forgets the oldest ones above the limits.
    mutating func append(_ notice: ChangeNotice) {
        newest = max(newest, notice.revision)
        notices.append(notice)
        keyCount += notice.keys.count
        while start < notices.count, notices.count - start > commitLimit || keyCount > keyLimit {
            keyCount -= notices[start].keys.count
            forgotten = max(forgotten, notices[start].revision)
            start += 1
        }
        if start > commitLimit {
            notices.removeFirst(start)
            start = 0
        }
    }

    /// Forgets commits up to a revision, some of which it may never have heard of.
    mutating func forget(upTo revision: Revision) {
        forgotten = max(forgotten, revision)
        newest = max(newest, revision)
    }

    /// The oldest commit after a revision, or the gap before it; `nil` when there is nothing newer.
    func element(after cursor: Revision) -> ChangeFeed.Element? {
        guard cursor < newest else { return nil }
        guard cursor >= forgotten else { return .gap(newest) }
        var low = start
        var high = notices.count
        while low < high {
            let middle = low + (high - low) / 2
            if notices[middle].revision <= cursor { low = middle + 1 } else { high = middle }
        }
        return low < notices.count ? .commit(notices[low]) : nil
    }
}
