package import EngineKit
import Synchronization

/// A sealed store that keeps its rows in memory and forgets them when the process ends.
///
/// It serves development servers and tests; it keeps every promise of `SealedStore` but durability.
package final class MemoryStore: SealedStore {
    private struct State {
        var rows = SortedRows()
        var revision = Revision(0)
        var isClosed = false
    }

    /// What only one commit at a time may use.
    private struct Turn {
        var observer: (@Sendable (SealedCommit) -> Void)?
    }

    private static let closedError = StoreError.unavailable("the store is closed")

    private let state = Mutex(State())
    /// Held from the change of the state until the observer has heard of it, so that it hears of commits in order.
    /// Reads do not wait for it. Observers are quick and do not call the store, so nobody waits long or for ever.
    private let turn = Mutex(Turn())

    /// The word for `storage_type` in seal-status.
    package let kind = "inmem"

    /// Makes an empty store.
    package init() {}

    /// The newest commit.
    package var revision: Revision { state.withLock { $0.revision } }

    /// Reads rows, in the order of the keys; `nil` for each that does not exist.
    package func get(_ keys: [RowKey]) async throws(StoreError) -> [SealedRow?] {
        try read { state in keys.map { state.rows.row($0) } }
    }

    /// Reads up to `limit` rows of a range in the order of their keys, beginning after a key.
    package func rows(
        in range: RowRange, after: RowKey?, limit: Int
    ) async throws(StoreError) -> [(key: RowKey, row: SealedRow)] {
        guard let bounds = range.bounds(after: after) else { return try read { _ in [] } }
        return try read { state in state.rows.rows(in: bounds, limit: limit) }
    }

    /// Applies a batch if each expectation holds.
    ///
    /// - Throws: `StoreError.conflict` when one does not, `tooLarge` for a value above the limit, `unavailable` when
    ///   the store is closed; nothing was applied then.
    package func commit(_ batch: SealedBatch) async throws(StoreError) -> Revision {
        _ = try batch.checkedByteCount()
        return try turn.withLock { turn throws(StoreError) in
            let commit = try state.withLock { state throws(StoreError) in try Self.apply(batch, to: &state) }
            turn.observer?(commit)
            return commit.revision
        }
    }

    /// Sets who hears of each commit.
    package func observeCommits(_ observer: (@Sendable (SealedCommit) -> Void)?) {
        turn.withLock { $0.observer = observer }
    }

    /// Forgets all rows. Later calls throw `StoreError.unavailable`.
    package func close() async {
        state.withLock { state in
            state.isClosed = true
            state.rows = SortedRows()
        }
    }

    private func read<Answer>(_ body: (borrowing State) -> Answer) throws(StoreError) -> Answer {
        try state.withLock { state throws(StoreError) in
            guard !state.isClosed else { throw Self.closedError }
            return body(state)
        }
    }

    private static func apply(_ batch: SealedBatch, to state: inout State) throws(StoreError) -> SealedCommit {
        guard !state.isClosed else { throw closedError }
        for (key, expectation) in batch.expectations {
            switch (expectation, state.rows.row(key)?.revision) {
            case (.absent, nil): continue
            case (.at(let expected), let found?) where expected == found: continue
            default: throw .conflict
            }
        }
        let revision = Revision(state.revision.number + 1)
        var summary = CommitSummary()
        for change in batch.changes { apply(change, at: revision, to: &state.rows, summary: &summary) }
        state.revision = revision
        return summary.commit(at: revision)
    }

    private static func apply(
        _ change: SealedBatch.Change, at revision: Revision, to rows: inout SortedRows, summary: inout CommitSummary
    ) {
        switch change {
        case .put(let key, let value):
            rows.store(SealedRow(value: value, revision: revision), at: key)
            summary.record(key, value)
        case .putIfAbsent(let key, let value):
            guard rows.row(key) == nil else { return }
            rows.store(SealedRow(value: value, revision: revision), at: key)
            summary.record(key, value)
        case .delete(let key):
            if rows.remove(key) { summary.record(key, nil) }
        case .deleteIfEmpty(let key, let range):
            guard rows.rows(in: range.bounds, limit: 1).isEmpty else { return }
            if rows.remove(key) { summary.record(key, nil) }
        case .deleteAll(let range):
            rows.removeAll(in: range.bounds)
            summary.record(removed: range)
        }
    }
}
