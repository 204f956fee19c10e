package import EngineKit

extension SealedBatch {
    /// The largest value of one row, in bytes.
    package static let valueLimit = 4 << 20

    /// The largest sum of the values of one batch, in bytes.
    package static let byteLimit = 64 << 20

    /// Adds up the values of the batch.
    ///
    /// - Returns: the sum in bytes, at most `byteLimit`.
    /// - Throws: `StoreError.tooLarge` when a value or the sum is above its limit.
    package func checkedByteCount() throws(StoreError) -> Int {
        var sum = 0
        for change in changes {
            switch change {
            case .put(_, let value), .putIfAbsent(_, let value):
                guard value.bytes.count <= Self.valueLimit else {
                    throw .tooLarge("a row holds at most \(Self.valueLimit) bytes")
                }
                sum += value.bytes.count
                guard sum <= Self.byteLimit else {
                    throw .tooLarge("a batch holds at most \(Self.byteLimit) bytes")
                }
            case .delete, .deleteIfEmpty, .deleteAll:
                break
            }
        }
        return sum
    }
}
