import EngineKit
import VaultCrypto

/// The key of one realm, at hand, with the row it is kept in.
final class RealmKey: Sendable {
    /// Whose key it is.
    let realm: Realm
    /// The first word of the realm's rows.
    let tag: UInt64
    /// The row that keeps the key.
    let row: RowKey
    /// The commit that wrote the row.
    let revision: Revision
    /// Seals the realm's records and names.
    let key: AEADKey
    /// What the realm's rows are bound to.
    let contexts: RowContexts

    /// Makes the key of a realm.
    init(
        realm: Realm, tag: UInt64, row: RowKey, revision: Revision, key: AEADKey, cluster: ClusterIdentity
    ) throws(CryptoError) {
        self.realm = realm
        self.tag = tag
        self.row = row
        self.revision = revision
        self.key = key
        contexts = try RowContexts(cluster: cluster, realm: realm, key: key)
    }
}

/// The keys of all realms, following the commits.
struct RealmKeys {
    private var byRealm: [Realm: RealmKey] = [:]
    private var byRow: [RowKey: RealmKey] = [:]
    private var byTag: [UInt64: RealmKey] = [:]
    /// Rows that commits removed, so that a read that began before does not bring a destroyed key back.
    private var removals: [RowKey: Revision] = [:]

    /// The key of a realm.
    subscript(realm: Realm) -> RealmKey? { byRealm[realm] }

    /// The realm to which rows with a tag belong.
    subscript(tag tag: UInt64) -> RealmKey? { byTag[tag] }

    /// The realm whose key a row keeps.
    subscript(row row: RowKey) -> RealmKey? { byRow[row] }

    /// Takes in a key, unless what is known of its row is newer.
    mutating func add(_ key: RealmKey) {
        if let known = byRow[key.row], known.revision >= key.revision { return }
        if let removal = removals[key.row], removal >= key.revision { return }
        byRealm[key.realm] = key
        byRow[key.row] = key
        byTag[key.tag] = key
    }

    /// Forgets the key that a row kept until a commit removed it.
    mutating func remove(_ row: RowKey, at revision: Revision) {
        removals[row] = revision
        guard let key = byRow[row], key.revision < revision else { return }
        byRealm[key.realm] = nil
        byRow[row] = nil
        byTag[key.tag] = nil
    }
}
