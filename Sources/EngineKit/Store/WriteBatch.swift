/// Changes that apply together or not at all.
package struct WriteBatch: Sendable {
    /// What must be true of a record when the batch is applied.
    package enum Expectation: Hashable, Sendable {
        /// The record does not exist.
        case absent
        /// The record was last written by this commit.
        case at(Revision)
    }

    /// What to do with a record.
    package enum Write: Sendable {
        /// Store this value.
        case put([UInt8])
        /// Remove the record if it exists.
        case delete
    }

    /// What to do with a realm.
    package enum RealmChange: Hashable, Sendable {
        /// Make a fresh random key for the realm.
        case create(Realm)
        /// Destroy the realm's key and remove its records.
        case destroy(Realm)
    }

    /// What must hold; each key at most once.
    package var expectations: [(key: StoreKey, expectation: Expectation)] = []
    /// The writes; each key at most once.
    package var writes: [(key: StoreKey, write: Write)] = []
    /// Realms that come and go with the batch.
    package var realmChanges: [RealmChange] = []

    /// Makes an empty batch.
    package init() {}

    /// Whether the batch changes nothing.
    package var isEmpty: Bool { writes.isEmpty && realmChanges.isEmpty }
}
