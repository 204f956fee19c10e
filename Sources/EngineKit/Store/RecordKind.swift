/// What a family of records is for, how it is keyed and whether its names can be listed.
///
/// An engine declares its kinds once; they are its storage schema.
package struct RecordKind: Hashable, Sendable {
    /// Which key seals the records of a kind.
    package enum Keying: Hashable, Sendable {
        /// The realm's key.
        case realm
        /// The realm's key; and each record carries a random data key of its own for records that borrow it.
        /// Deleting the record deletes that key, which makes the borrowing records unreadable for ever.
        case carriesKey
        /// The data key carried by the record of another kind (by its `id`) at the same path.
        case borrowsKey(from: UInt8)
    }

    /// The number that stands for the kind on disk; unique within a realm, never reused.
    package let id: UInt8
    /// Whether the store keeps a sealed directory of the names, so that folders can be listed.
    package let isListed: Bool
    /// Which key seals the records.
    package let keying: Keying
    /// Whether the store may keep in memory what it found, opened: nearly each request asks for it, and nothing in it
    /// is confidential.
    package let staysOpened: Bool

    /// Declares a kind.
    package init(id: UInt8, isListed: Bool = false, keying: Keying = .realm, staysOpened: Bool = false) {
        self.id = id
        self.isListed = isListed
        self.keying = keying
        self.staysOpened = staysOpened
    }
}
