package import EngineKit

/// A sealed value and the commit that wrote it.
package struct SealedRow: Sendable {
    /// The value.
    package let value: SealedValue
    /// The commit that wrote it.
    package let revision: Revision

    /// Makes a row.
    package init(value: SealedValue, revision: Revision) {
        self.value = value
        self.revision = revision
    }
}

/// Changes to rows that apply together or not at all.
package struct SealedBatch: Sendable {
    /// One change; changes apply in order.
    package enum Change: Sendable {
        /// Store a value.
        case put(RowKey, SealedValue)
        /// Store a value if the row does not exist; otherwise leave it as it is.
        case putIfAbsent(RowKey, SealedValue)
        /// Remove a row if it exists.
        case delete(RowKey)
        /// Remove a row if, with the changes before this one applied, no row is left in a range.
        case deleteIfEmpty(RowKey, RowRange)
        /// Remove all rows of a range.
        case deleteAll(RowRange)
    }

    /// What must hold before the batch applies.
    package var expectations: [(key: RowKey, expectation: WriteBatch.Expectation)] = []
    /// The changes in order.
    package var changes: [Change] = []

    /// Makes an empty batch.
    package init() {}
}

/// What one commit did, for those who keep something in memory that follows the store.
package struct SealedCommit: Sendable {
    /// The commit.
    package let revision: Revision
    /// Rows with their new values; `nil` for rows that were removed.
    package let rows: [(key: RowKey, value: SealedValue?)]
    /// Ranges that were removed whole.
    package let removedRanges: [RowRange]

    /// Describes a commit.
    package init(revision: Revision, rows: [(key: RowKey, value: SealedValue?)], removedRanges: [RowRange]) {
        self.revision = revision
        self.rows = rows
        self.removedRanges = removedRanges
    }
}

/// Where sealed rows are kept: SQLite, memory, etcd.
///
/// Reads see the newest commit. A commit is durable before it is answered and gets the next revision.
package protocol SealedStore: Sendable {
    /// The word for `storage_type` in seal-status, such as `sqlite`.
    var kind: String { get }

    /// The newest commit.
    var revision: Revision { get }

    /// Reads rows, in the order of the keys; `nil` for each that does not exist.
    func get(_ keys: [RowKey]) async throws(StoreError) -> [SealedRow?]

    /// Reads up to `limit` rows of a range in the order of their keys, beginning after a key.
    func rows(in range: RowRange, after: RowKey?, limit: Int) async throws(StoreError) -> [(
        key: RowKey, row: SealedRow
    )]

    /// Applies a batch if each expectation holds, and answers when it is durable.
    ///
    /// - Throws: `StoreError.conflict` when an expectation did not hold; nothing was applied then.
    func commit(_ batch: SealedBatch) async throws(StoreError) -> Revision

    /// Sets who hears of each commit: called in the order of revisions, after the commit is durable and before
    /// `commit` returns. The observer must be quick and must not call the store. One observer at a time.
    func observeCommits(_ observer: (@Sendable (SealedCommit) -> Void)?)

    /// Finishes what was accepted, then releases files and threads. Later calls throw `StoreError.unavailable`.
    func close() async
}
