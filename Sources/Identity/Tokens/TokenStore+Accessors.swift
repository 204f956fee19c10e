package import EngineKit
package import Notation

extension TokenStore {
    /// The accessors of the tokens that live, sorted by their bytes.
    package func livingAccessors(_ transaction: Transaction, now: Timestamp) throws(EngineError) -> [[UInt8]] {
        let accessors = try transaction.list(Listing(of: Folder(.system, TokenRecords.accessor, []))).names
        try transaction.need(accessors.map { StoreKey(.system, TokenRecords.accessor, $0) })
        var keys: [(accessor: [UInt8], token: [UInt8])] = []
        for accessor in accessors {
            if let key = try transaction.get(StoreKey(.system, TokenRecords.accessor, accessor)) {
                keys.append((accessor, key))
            }
        }
        try transaction.need(keys.map { TokenRecords.token($0.token) })
        var living: [[UInt8]] = []
        for (accessor, key) in keys
        where try entry(String(decoding: key, as: UTF8.self), transaction)?.isAlive(at: now) ?? false {
            living.append(accessor)
        }
        return living
    }
}
