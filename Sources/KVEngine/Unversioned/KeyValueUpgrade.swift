package import EngineKit
package import Notation

/// Turns an unversioned mount into a versioned one: each value becomes version 1 of a secret.
package enum KeyValueUpgrade {
    /// The largest number of values that are upgraded at once.
    static let valueLimit = 20_000
    /// The largest sum of the values that are upgraded at once, in bytes.
    static let byteLimit = 48 << 20
    /// How many values are loaded with one round trip.
    private static let chunkLength = 256

    /// Upgrades all values of a mount within a transaction, so that it happens as a whole or not at all.
    ///
    /// - Parameters:
    ///   - mount: the mount.
    ///   - now: the time that the versions are said to be made.
    ///   - transaction: the transaction that also changes the mount's options.
    /// - Throws: `EngineError.invalid` when the mount holds more than fits into one commit.
    package static func upgrade(
        _ mount: MountContext, now: Timestamp, _ transaction: Transaction
    ) throws(EngineError) {
        for key in try loadedKeys(of: mount, transaction) {
            // A value that was removed since the names were listed needs nothing.
            guard let value = try StoredValue.read(key, transaction) else { continue }
            let secret = SecretAddress(realm: mount.realm, path: key.path)
            var metadata = SecretMetadata(createdAt: now)
            try secret.addVersion(
                Array(value.json), to: &metadata, settings: MountSettings(), now: now, transaction)
            transaction.delete(key)
        }
    }

    /// The keys of all values, loaded chunk by chunk so that too much is noticed before all of it is in memory.
    private static func loadedKeys(
        of mount: MountContext, _ transaction: Transaction
    ) throws(EngineError) -> [StoreKey] {
        let top = Folder(mount.realm, KeyValueRecords.values, [])
        let names = try transaction.list(Listing(of: top, isRecursive: true, limit: valueLimit + 1)).names
        guard names.count <= valueLimit else { throw tooLarge }
        let keys = names.map { StoreKey(mount.realm, KeyValueRecords.values, $0) }
        var byteCount = 0
        for start in stride(from: 0, to: keys.count, by: chunkLength) {
            let chunk = keys[start..<min(start + chunkLength, keys.count)]
            try transaction.need(chunk)
            for key in chunk { byteCount += try transaction.get(key)?.count ?? 0 }
            guard byteCount <= byteLimit else { throw tooLarge }
        }
        return keys
    }

    private static let tooLarge = EngineError.invalid(
        "the mount holds too much to be upgraded at once: more than \(valueLimit) values or \(byteLimit) bytes")
}
