/// The address of one record: who owns it, what it is, and its path.
package struct StoreKey: Hashable, Sendable {
    /// Who owns the record.
    package let realm: Realm
    /// What the record is.
    package let kind: RecordKind
    /// The record's path as UTF-8 bytes; `/` separates folders from each other and from the last name.
    package let path: [UInt8]
    /// Tells apart several records at one path, such as the versions of a secret; 0 where there is only one.
    package let ordinal: UInt64

    /// Makes an address.
    package init(_ realm: Realm, _ kind: RecordKind, _ path: [UInt8], ordinal: UInt64 = 0) {
        self.realm = realm
        self.kind = kind
        self.path = path
        self.ordinal = ordinal
    }

    /// Whether two keys are the same; what differs most often and compares fastest comes first.
    package static func == (left: StoreKey, right: StoreKey) -> Bool {
        left.kind.id == right.kind.id && left.ordinal == right.ordinal && left.realm == right.realm
            && left.path == right.path && left.kind == right.kind
    }

    /// Takes in what tells keys apart; the path in one piece, which is much faster than byte by byte.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(realm)
        hasher.combine(kind.id)
        hasher.combine(ordinal)
        unsafe path.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}

/// A folder of a listed kind: the records and folders directly below a path.
package struct Folder: Hashable, Sendable {
    /// Who owns the records.
    package let realm: Realm
    /// The kind that is listed.
    package let kind: RecordKind
    /// The folder's path without a trailing slash; empty for the top.
    package let path: [UInt8]

    /// Makes a folder's address; one trailing slash of `path` is dropped.
    package init(_ realm: Realm, _ kind: RecordKind, _ path: [UInt8]) {
        self.realm = realm
        self.kind = kind
        self.path = path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : path
    }
}
