import Notation

/// The documents of one mount within one transaction.
package struct DocumentStore {
    /// How many versions of a document are kept.
    package static let versionsKept = 1_000

    /// Who owns the documents.
    package let realm: Realm
    /// The transaction.
    package let transaction: Transaction

    /// Opens the documents of a mount.
    package init(realm: Realm, transaction: Transaction) {
        self.realm = realm
        self.transaction = transaction
    }

    /// The current document, deleted ones included; `nil` when there was never one.
    package func current(_ kind: DocumentKind, _ path: [UInt8]) throws(EngineError) -> StoredDocument? {
        try stored(kind, path).map { bytes throws(EngineError) in try StoredDocument(decoding: bytes) }
    }

    /// The record of the current document.
    package func stored(_ kind: DocumentKind, _ path: [UInt8]) throws(EngineError) -> [UInt8]? {
        try transaction.get(StoreKey(realm, kind.current, path))
    }

    /// The current documents of a kind below a folder, deleted ones included, with one load for all.
    ///
    /// - Returns: the documents with their names relative to the folder, in the order of the names.
    package func all(
        _ kind: DocumentKind, below folder: [UInt8] = []
    ) throws(EngineError) -> [(name: [UInt8], document: StoredDocument)] {
        let names = try names(kind.current, below: folder)
        let paths = names.map { folder.isEmpty ? $0 : folder + [UInt8(ascii: "/")] + $0 }
        try transaction.need(paths.map { StoreKey(realm, kind.current, $0) })
        var found: [(name: [UInt8], document: StoredDocument)] = []
        for (name, path) in zip(names, paths) {
            // One that was removed since the names were listed is left out.
            if let document = try current(kind, path) { found.append((name, document)) }
        }
        return found
    }

    /// A version; `nil` when it was never written or is no longer kept.
    package func version(_ kind: DocumentKind, _ path: [UInt8], _ number: Int) throws(EngineError) -> StoredDocument? {
        guard number > 0,
            let bytes = try transaction.get(StoreKey(realm, kind.versions, path, ordinal: UInt64(number)))
        else { return nil }
        return try StoredDocument(decoding: bytes)
    }

    /// The version that was current as of a moment; `nil` when there was none, or it is no longer kept.
    package func document(_ kind: DocumentKind, _ path: [UInt8], asOf moment: Moment) throws(EngineError)
        -> StoredDocument?
    {
        guard let current = try current(kind, path) else { return nil }
        if moment.includes(current) { return current }
        // The newest version that the moment includes lies in `low..<high`.
        var low = max(0, current.version - Self.versionsKept)
        var high = current.version
        while high - low > 1 {
            let middle = low + (high - low) / 2
            let isThere = try version(kind, path, middle).map { moment.includes($0) } ?? false
            if isThere { low = middle } else { high = middle }
        }
        guard let found = try version(kind, path, low), moment.includes(found) else { return nil }
        return found
    }

    /// The versions of a document, the newest first.
    ///
    /// - Parameters:
    ///   - before: only versions below this one.
    ///   - limit: how many.
    package func history(
        _ kind: DocumentKind, _ path: [UInt8], before: Int, limit: Int
    ) throws(EngineError) -> [StoredDocument] {
        guard let current = try current(kind, path) else { return [] }
        let newest = min(current.version, before - 1)
        let oldest = max(1, newest - limit + 1, current.version - Self.versionsKept + 1)
        guard newest >= oldest else { return [] }
        try transaction.need((oldest...newest).map { StoreKey(realm, kind.versions, path, ordinal: UInt64($0)) })
        var found: [StoredDocument] = []
        for number in (oldest...newest).reversed() {
            if let document = try version(kind, path, number) { found.append(document) }
        }
        return found
    }

    /// Puts a new version in force.
    package func put(_ kind: DocumentKind, _ path: [UInt8], _ document: StoredDocument) {
        let bytes = document.encoded
        transaction.put(StoreKey(realm, kind.current, path), bytes)
        transaction.put(StoreKey(realm, kind.versions, path, ordinal: UInt64(document.version)), bytes)
        if document.version > Self.versionsKept {
            let old = UInt64(document.version - Self.versionsKept)
            transaction.delete(StoreKey(realm, kind.versions, path, ordinal: old))
        }
    }

    /// Removes a document with all its versions.
    package func purge(_ kind: DocumentKind, _ path: [UInt8], _ document: StoredDocument) {
        transaction.delete(StoreKey(realm, kind.current, path))
        let oldest = max(1, document.version - Self.versionsKept + 1)
        for number in oldest...max(oldest, document.version) {
            transaction.delete(StoreKey(realm, kind.versions, path, ordinal: UInt64(number)))
        }
    }

    /// The names of a kind's current documents below a folder, whole paths, deleted ones included.
    package func names(_ kind: RecordKind, below folder: [UInt8] = []) throws(EngineError) -> [[UInt8]] {
        try transaction.list(Listing(of: Folder(realm, kind, folder), isRecursive: true)).names
    }
}
