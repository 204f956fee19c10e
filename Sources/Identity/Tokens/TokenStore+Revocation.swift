package import EngineKit

/// Ends tokens with their descendants and what belongs to them.
///
/// One commit takes the tokens that are named, and of what came of them as much as is good for one commit: level by
/// level, each with one look at all of its tokens. A token whose children or private records are left gets a mark in
/// the same commit (`TokenRecords.ended`); `continueRevocation` follows the marks until none is left. Nothing can be
/// added below a token that has ended, so what a mark stands for only becomes less.
extension TokenStore {
    /// How many tokens and private records one commit takes at most, beside the tokens that were named.
    static let roomOfACommit = 500

    /// How many generations one commit goes down; each is another attempt of the transaction.
    static let generationsOfACommit = 8

    /// How many marks one commit follows.
    static let marksOfACommit = 64

    /// The largest number of children that one revocation makes orphans.
    package static let orphanLimit = 100_000

    /// Removes a token, and its descendants and what belongs to them with it or after it.
    ///
    /// A transaction that wrote a `TokenRecords.ended` is to be followed by `continueRevocation`.
    package func revokeTree(_ key: String, _ transaction: Transaction) throws(EngineError) {
        try revokeTrees([key], transaction)
    }

    /// Removes tokens as `revokeTree` does; there should be no more of them than are good for one commit.
    package func revokeTrees(_ keys: [String], _ transaction: Transaction) throws(EngineError) {
        var room = Self.roomOfACommit
        try removeTrees(keys, &room, transaction)
    }

    /// Goes on with what revocations have left: one more commit's worth.
    ///
    /// - Returns: whether there was anything; then there may be more.
    package func continueRevocation(_ transaction: Transaction) throws(EngineError) -> Bool {
        let marked = Listing(of: Folder(.system, TokenRecords.ended, []), limit: Self.marksOfACommit)
        let keys = try transaction.list(marked).names.map { String(decoding: $0, as: UTF8.self) }
        guard !keys.isEmpty else { return false }
        var room = Self.roomOfACommit
        let children = try follow(keys, &room, transaction) { key, isDone in
            if isDone { transaction.delete(TokenRecords.ended(key)) }
        }
        try removeTrees(children, &room, transaction)
        return true
    }

    /// Removes a token but keeps its children, which become orphans.
    package func revokeOrphaning(_ key: String, _ transaction: Transaction) throws(EngineError) {
        guard try !remove([key], transaction).isEmpty else { return }
        let children = Listing(of: Folder(.system, TokenRecords.child, Array(key.utf8)), limit: Self.orphanLimit)
        let page = try transaction.list(children)
        guard !page.isTruncated else { throw .internalError("the token has too many children to make them orphans") }
        let names = page.names.map { String(decoding: $0, as: UTF8.self) }
        try transaction.need(names.map { TokenRecords.token($0) })
        for child in names {
            transaction.delete(TokenRecords.child(of: key, child))
            guard var entry = try entry(child, transaction) else { continue }
            // What it was given for a while ends with it; nobody could hold it afterwards.
            if entry.isLease {
                _ = try remove([child], transaction)
                continue
            }
            entry.parent = ""
            update(child, entry, transaction)
        }
        var room = Self.roomOfACommit
        if try !takeBelongings(of: key, share: room, &room, transaction) { leave([key], transaction) }
    }

    /// Notes that a token gets a child or a private record, for a revocation to look for them.
    ///
    /// The mark is written each time: a revocation that has just looked meets a conflict and looks again.
    package func noteDependant(of key: String, _ transaction: Transaction) {
        transaction.put(TokenRecords.birth(key), Array(key.utf8))
    }

    private func removeTrees(_ keys: [String], _ room: inout Int, _ transaction: Transaction) throws(EngineError) {
        var parents = try remove(keys, transaction)
        for _ in 1..<Self.generationsOfACommit where !parents.isEmpty {
            let children = try follow(parents, &room, transaction) { key, isDone in
                if !isDone { self.leave([key], transaction) }
            }
            parents = try remove(children, transaction)
        }
        leave(parents, transaction)
    }

    /// Removes tokens and the links from their parents.
    ///
    /// - Returns: those of them that had children or private records at some time.
    private func remove(_ keys: [String], _ transaction: Transaction) throws(EngineError) -> [String] {
        try transaction.need(keys.flatMap { [TokenRecords.token($0), TokenRecords.birth($0)] })
        var parents: [String] = []
        for key in keys {
            guard let entry = try entry(key, transaction) else { continue }
            transaction.delete(TokenRecords.token(key))
            if !entry.accessor.utf8.isEmpty { transaction.delete(TokenRecords.accessor(entry.accessor)) }
            if !entry.isOrphan { transaction.delete(TokenRecords.child(of: entry.parent, key)) }
            if entry.isWrapping { transaction.delete(TokenRecords.wrapped(key)) }
            guard try transaction.get(TokenRecords.birth(key)) != nil else { continue }
            transaction.delete(TokenRecords.birth(key))
            parents.append(key)
        }
        return parents
    }

    /// Marks tokens that have ended while there is something left of them.
    private func leave(_ keys: [String], _ transaction: Transaction) {
        for key in keys { transaction.put(TokenRecords.ended(key), []) }
    }

    /// Removes private records of tokens that have ended, and finds their children, as far as there is room.
    ///
    /// - Parameters:
    ///   - room: how much more the commit may take.
    ///   - settle: hears of each token whether nothing is left of it once its children are removed.
    /// - Returns: the children to remove; their links are removed already.
    private func follow(
        _ parents: [String], _ room: inout Int, _ transaction: Transaction, settle: (String, Bool) -> Void
    ) throws(EngineError) -> [String] {
        // Each gets the same share, so that no more is listed than can be taken.
        let share = max(1, room / max(1, parents.count))
        let followed = parents.prefix(room)
        let folder = { (key: String) in
            Listing(of: Folder(.system, TokenRecords.child, Array(key.utf8)), limit: share)
        }
        try transaction.need(followed.map(folder) + followed.flatMap { belongings(of: $0, share: share) })
        var children: [String] = []
        for key in followed {
            let page = try transaction.list(folder(key))
            let taken = page.names.prefix(room).map { String(decoding: $0, as: UTF8.self) }
            room -= taken.count
            for child in taken { transaction.delete(TokenRecords.child(of: key, child)) }
            children += taken
            let hasAllChildren = !page.isTruncated && taken.count == page.names.count
            settle(key, try takeBelongings(of: key, share: share, &room, transaction) && hasAllChildren)
        }
        for key in parents.dropFirst(followed.count) { settle(key, false) }
        return children
    }

    /// Removes private records of a token as far as there is room.
    ///
    /// - Returns: whether these were all.
    private func takeBelongings(
        of key: String, share: Int, _ room: inout Int, _ transaction: Transaction
    ) throws(EngineError) -> Bool {
        let listings = belongings(of: key, share: share)
        try transaction.need(listings)
        var isDone = true
        for listing in listings {
            let page = try transaction.list(listing)
            let taken = page.names.prefix(room)
            room -= taken.count
            for name in taken {
                let path = Array(key.utf8) + [UInt8(ascii: "/")] + name
                transaction.delete(StoreKey(listing.folder.realm, listing.folder.kind, path))
            }
            isDone = isDone && !page.isTruncated && taken.count == page.names.count
        }
        return isDone
    }

    private func belongings(of key: String, share: Int) -> [Listing] {
        belongings.map { realm, kind in
            Listing(of: Folder(realm, kind, Array(key.utf8)), isRecursive: true, limit: share)
        }
    }
}
