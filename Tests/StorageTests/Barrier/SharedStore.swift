import EngineKit
import Storage
import Synchronization

/// One store seen by several nodes, each with an observer of its own.
final class SharedStore: Sendable {
    let inner: MemoryStore
    private let observers = Mutex<[Int: @Sendable (SealedCommit) -> Void]>([:])
    private let nodeCount = Mutex(0)

    init(_ inner: MemoryStore) {
        self.inner = inner
        inner.observeCommits { [weak self] commit in
            for observer in self?.observers.withLock({ Array($0.values) }) ?? [] { observer(commit) }
        }
    }

    /// The store as one more node sees it.
    func node() -> any SealedStore {
        let number = nodeCount.withLock { count in
            count += 1
            return count
        }
        return Node(shared: self, number: number)
    }

    private struct Node: SealedStore {
        let shared: SharedStore
        let number: Int

        var kind: String { "shared" }
        var revision: Revision { shared.inner.revision }

        func get(_ keys: [RowKey]) async throws(StoreError) -> [SealedRow?] { try await shared.inner.get(keys) }

        func rows(
            in range: RowRange, after: RowKey?, limit: Int
        ) async throws(StoreError) -> [(key: RowKey, row: SealedRow)] {
            try await shared.inner.rows(in: range, after: after, limit: limit)
        }

        func commit(_ batch: SealedBatch) async throws(StoreError) -> Revision { try await shared.inner.commit(batch) }

        func observeCommits(_ observer: (@Sendable (SealedCommit) -> Void)?) {
            shared.observers.withLock { $0[number] = observer }
        }

        func close() async {}
    }
}
