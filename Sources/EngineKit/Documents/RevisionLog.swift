/// The revision of a mount, and what changed with each, for the pictures of it that are kept in memory.
package struct RevisionLog {
    /// How many changes are kept.
    package static let changesKept: UInt64 = 10_000

    /// Who owns the log.
    package let realm: Realm
    /// The transaction.
    package let transaction: Transaction
    private let head: RecordKind
    private let changes: RecordKind

    /// Opens the log of a mount.
    ///
    /// - Parameters:
    ///   - head: the kind of the one record with the newest revision.
    ///   - changes: the kind of the records of changes, whose ordinal is the revision.
    package init(realm: Realm, transaction: Transaction, head: RecordKind, changes: RecordKind) {
        self.realm = realm
        self.transaction = transaction
        self.head = head
        self.changes = changes
    }

    /// The revision of the newest change; 0 before the first.
    package func revision() throws(EngineError) -> UInt64 {
        guard let bytes = try transaction.get(StoreKey(realm, head, [])) else { return 0 }
        guard let revision = UInt64(String(decoding: bytes, as: UTF8.self)) else {
            throw .internalError("the revision of a mount cannot be read")
        }
        return revision
    }

    /// The revision of the newest change that is committed, when this transaction has noted later ones; `nil` when it
    /// has not.
    ///
    /// What is found with changes of one's own may never be committed, or be committed under other revisions, so
    /// pictures that are kept in memory must not be made of it.
    package func revisionBeforeOwn() throws(EngineError) -> UInt64? {
        let key = StoreKey(realm, head, [])
        guard transaction.writes(key) else { return nil }
        guard let bytes = try transaction.stored(key)?.value else { return 0 }
        return UInt64(String(decoding: bytes, as: UTF8.self))
    }

    /// Notes a change under the revision after the newest one, and returns it.
    package func append(_ change: [UInt8]) throws(EngineError) -> UInt64 {
        let (revision, overflow) = try revision().addingReportingOverflow(1)
        guard !overflow else { throw .internalError("the revisions of a mount are used up") }
        transaction.put(StoreKey(realm, head, []), Array(String(revision).utf8))
        transaction.put(StoreKey(realm, changes, [], ordinal: revision), change)
        if revision > Self.changesKept {
            transaction.delete(StoreKey(realm, changes, [], ordinal: revision - Self.changesKept))
        }
        return revision
    }

    /// The change of a revision; `nil` when it is not kept.
    package func change(_ revision: UInt64) throws(EngineError) -> [UInt8]? {
        try transaction.get(StoreKey(realm, changes, [], ordinal: revision))
    }

    /// The changes after a revision up to another; `nil` when some are no longer kept.
    package func changes(after first: UInt64, through last: UInt64) throws(EngineError) -> [[UInt8]]? {
        guard first < last else { return [] }
        try transaction.need((first + 1...last).map { StoreKey(realm, changes, [], ordinal: $0) })
        var found: [[UInt8]] = []
        for revision in first + 1...last {
            guard let bytes = try change(revision) else { return nil }
            found.append(bytes)
        }
        return found
    }
}
