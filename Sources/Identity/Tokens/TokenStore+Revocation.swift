package import EngineKit

extension TokenStore {
    /// The largest number of tokens that one revocation removes in one commit.
    package static let treeLimit = 100_000

    /// Removes a token with all of its descendants and what belongs to them.
    package func revokeTree(_ key: String, _ transaction: Transaction) throws(EngineError) {
        var pending = [key]
        var position = 0
        while position < pending.count {
            guard pending.count <= Self.treeLimit else { throw .internalError("the tree of tokens is too large") }
            let level = pending[position...]
            position = pending.count
            try transaction.need(level.map { TokenRecords.token($0) })
            for parent in level { pending += try children(of: parent, transaction) }
        }
        for key in pending { try remove(key, transaction) }
    }

    /// Removes a token but keeps its children, which become orphans.
    package func revokeOrphaning(_ key: String, _ transaction: Transaction) throws(EngineError) {
        for child in try children(of: key, transaction) {
            transaction.delete(TokenRecords.child(of: key, child))
            guard var entry = try entry(child, transaction) else { continue }
            entry.parent = ""
            update(child, entry, transaction)
        }
        try remove(key, transaction)
    }

    private func children(of key: String, _ transaction: Transaction) throws(EngineError) -> [String] {
        if try transaction.get(TokenRecords.birth(key)) != nil { transaction.delete(TokenRecords.birth(key)) }
        let folder = Folder(.system, TokenRecords.child, Array(key.utf8))
        return try transaction.list(Listing(of: folder)).names.map { String(decoding: $0, as: UTF8.self) }
    }

    private func remove(_ key: String, _ transaction: Transaction) throws(EngineError) {
        guard let entry = try entry(key, transaction) else { return }
        transaction.delete(TokenRecords.token(key))
        if !entry.accessor.utf8.isEmpty { transaction.delete(TokenRecords.accessor(entry.accessor)) }
        if !entry.isOrphan { transaction.delete(TokenRecords.child(of: entry.parent, key)) }
        if PolicyNames.contains(entry.policies, Self.wrappingPolicy) { transaction.delete(TokenRecords.wrapped(key)) }
        for (realm, kind) in belongings {
            let names = try transaction.list(Listing(of: Folder(realm, kind, Array(key.utf8)), isRecursive: true)).names
            for name in names {
                transaction.delete(StoreKey(realm, kind, Array(key.utf8) + [UInt8(ascii: "/")] + name))
            }
        }
    }
}
