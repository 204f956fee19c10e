import EngineKit
import Synchronization

/// What was found of records that nearly each request asks for, good for as long as nothing can have become newer.
///
/// Only kinds that stay opened are kept, and they go with the open barrier: at the latest when the vault is sealed.
final class OpenedRecords: Sendable {
    /// How many records are kept; when there are more, all are forgotten and the busy ones come back.
    private static let limit = 4_096

    private struct Kept {
        var changes: UInt64 = 0
        var records: [StoreKey: Peeked] = [:]
    }

    private let kept = Mutex(Kept())

    /// What was found of a record.
    ///
    /// - Parameter changes: the change count of now.
    /// - Returns: `nil` when something may have changed since, or nothing was found yet.
    func find(_ key: StoreKey, asOf changes: UInt64) -> Peeked? {
        kept.withLock { $0.changes == changes ? $0.records[key] : nil }
    }

    /// Forgets everything.
    func removeAll() { kept.withLock { $0.records.removeAll() } }

    /// Keeps what was found of a record.
    ///
    /// - Parameter changes: the change count from before it was looked for.
    func keep(_ found: Peeked, _ key: StoreKey, asOf changes: UInt64) {
        kept.withLock { kept in
            guard kept.changes <= changes else { return }
            if kept.changes < changes || kept.records.count >= Self.limit { kept.records.removeAll() }
            kept.changes = changes
            kept.records[key] = found
        }
    }
}
