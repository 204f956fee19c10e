import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// The largest number of secrets that one call removes.
    static let treeLimit = 1_000
    /// The number of secrets that one call removes unless told otherwise.
    static let treeDefault = 100
    /// The number of records after which a call removes no further secret.
    static let treeRecordLimit = 20_000
    /// The number of names that are counted; beyond it `remaining` is a lower bound.
    static let treeCountLimit = 100_000

    /// POST `delete-tree/…`: removes the secrets below a folder for good, up to `limit` of them.
    ///
    /// With `dry_run`, which is the default, it only tells which ones. `remaining` says how many are left for further
    /// calls. A secret named like the folder itself is not below it.
    static func deleteTree(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let folder = try SecretAddress.written(request)
        let isDryRun = try request.input.bool("dry_run") ?? true
        let limit = try request.input.int("limit") ?? treeDefault
        guard (1...treeLimit).contains(limit) else { throw .field("limit", "an integer from 1 to \(treeLimit)") }
        let names = try transaction.list(
            Listing(
                of: Folder(folder.realm, KeyValueRecords.metadata, folder.path), isRecursive: true,
                limit: treeCountLimit)
        ).names
        var removed = Array(names.prefix(limit))
        if !isDryRun { removed = try remove(removed, below: folder, transaction) }
        return .data([
            "dry_run": .bool(isDryRun), "names": .strings(removed.map { String(decoding: $0, as: UTF8.self) }),
            "count": .integer(removed.count), "remaining": .integer(names.count - removed.count),
        ])
    }

    private static func remove(
        _ names: [[UInt8]], below folder: SecretAddress, _ transaction: Transaction
    ) throws(EngineError) -> [[UInt8]] {
        let secrets = names.map { name in
            SecretAddress(realm: folder.realm, path: folder.path + [UInt8(ascii: "/")] + name)
        }
        try transaction.need(secrets.map(\.metadataKey))
        var removed: [[UInt8]] = []
        var records = 0
        for (name, secret) in zip(names, secrets) {
            if records >= treeRecordLimit { break }
            // A secret that was removed since the names were listed needs nothing more.
            if let metadata = try secret.metadata(transaction) {
                secret.remove(metadata, transaction)
                records += metadata.versions.count + 2
            }
            removed.append(name)
        }
        return removed
    }
}
