import EngineKit
import Storage
import Synchronization
import Testing

/// A number that one thread sets and others see.
final class Gauge: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int {
        get { number.load(ordering: .acquiring) }
        set { number.store(newValue, ordering: .releasing) }
    }
}

/// A row key out of small numbers.
func key(_ name: UInt64, realm: UInt64 = 1, folder: UInt64 = 1) -> RowKey {
    RowKey([realm, folder, folder, name, name])
}

/// A value out of text.
func value(_ text: String) -> SealedValue { SealedValue(readFromBackend: Array(text.utf8)) }

extension SealedBatch {
    /// A batch in one expression.
    init(expecting expectations: [(key: RowKey, expectation: WriteBatch.Expectation)] = [], _ changes: Change...) {
        self.init()
        self.expectations = expectations
        self.changes = changes
    }
}

extension SealedStore {
    /// The text of a row.
    func text(_ key: RowKey) async throws -> String? {
        try await get([key])[0].map { String(decoding: $0.value.bytes, as: UTF8.self) }
    }

    /// The number a row holds; 0 without a row.
    func counter(_ key: RowKey) async throws -> (count: Int, expectation: WriteBatch.Expectation) {
        guard let row = try await get([key])[0] else { return (0, .absent) }
        let count = try #require(Int(String(decoding: row.value.bytes, as: UTF8.self)))
        return (count, .at(row.revision))
    }

    /// Adds one to the number a row holds, as often as it takes to win against others.
    func increment(_ key: RowKey) async throws -> Revision {
        var revision: Revision?
        while revision == nil {
            let (count, expectation) = try await counter(key)
            revision = try await commitUnlessConflict(
                SealedBatch(expecting: [(key, expectation)], .put(key, value("\(count + 1)"))))
        }
        return try #require(revision)
    }

    /// Commits a batch; `nil` when an expectation did not hold.
    func commitUnlessConflict(_ batch: SealedBatch) async throws -> Revision? {
        do {
            return try await commit(batch)
        } catch StoreError.conflict {
            return nil
        }
    }
}
