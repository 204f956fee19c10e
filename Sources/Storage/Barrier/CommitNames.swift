import EngineKit
import Synchronization

/// Which records the rows of commits under way stand for.
///
/// A backend reports a commit by its rows, which reveal nothing. While a commit of this barrier is under way its rows
/// are noted here, so that the report can be told on by the records' addresses. A row always stands for the same
/// record, so it does not matter which commit a report belongs to.
final class CommitNames: Sendable {
    private struct Entry {
        var key: StoreKey?
        var users: Int
    }

    private let entries = Mutex<[RowKey: Entry]>([:])

    /// Notes rows before their commit; a `nil` address is for rows of the barrier's own, which nobody is told of.
    func begin(_ rows: [(row: RowKey, key: StoreKey?)]) {
        entries.withLock { entries in
            for (row, key) in rows {
                // Two commits may be under way on one row, and only one of them for a record's sake.
                if let key { entries[row, default: Entry(key: key, users: 0)].key = key }
                entries[row, default: Entry(key: nil, users: 0)].users += 1
            }
        }
    }

    /// Forgets rows after their commit has returned or failed.
    func end(_ rows: [(row: RowKey, key: StoreKey?)]) {
        entries.withLock { entries in
            for (row, _) in rows {
                guard let users = entries[row]?.users else { continue }
                if users > 1 { entries[row]?.users = users - 1 } else { entries[row] = nil }
            }
        }
    }

    /// Names what a commit changed.
    ///
    /// - Returns: the addresses of the records, and the realm tags of rows that are not noted here.
    func names(in commit: SealedCommit) -> (keys: [StoreKey], unnamed: Set<UInt64>) {
        entries.withLock { entries in
            var keys: [StoreKey] = []
            var unnamed: Set<UInt64> = []
            for (row, _) in commit.rows {
                switch entries[row] {
                case let entry?: if let key = entry.key { keys.append(key) }
                case nil: unnamed.insert(row.words[0])
                }
            }
            return (keys, unnamed)
        }
    }
}
