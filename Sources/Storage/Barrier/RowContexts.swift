import EngineKit
import VaultCrypto

/// What the seals of a realm's rows are bound to: purpose, cluster, realm, and the row with its format.
///
/// Data keys are sealed by a term, and bound to a secret that only the realm's key gives as well. An envelope's
/// message key is derived from its context, so both are needed to open one: with the realm's key destroyed, the data
/// keys of its records are lost even to those who have the keyring and an old copy of the rows.
struct RowContexts: Sendable {
    private let body: SealingContext
    private let dataKey: SealingContext

    /// Makes the contexts of a realm with a key.
    init(cluster: ClusterIdentity, realm: Realm, key: AEADKey) throws(CryptoError) {
        var body = SealingContext(domain: "pv1|row")
        body.append(cluster.id)
        body.append(realm.bytes)
        self.body = body
        var dataKey = SealingContext(domain: "pv1|dek")
        dataKey.append(cluster.id)
        dataKey.append(realm.bytes)
        try key.subkey(purpose: "pv1|realm|dek", salt: realm.bytes.span).withSpan { dataKey.append($0) }
        self.dataKey = dataKey
    }

    /// What the body of a record or the name in a directory entry is bound to.
    func body(_ row: RowKey, _ format: RowFormat) -> SealingContext {
        Self.extend(body, row, format)
    }

    /// What the body of a record is bound to that carries a key: the sealed key as well, so that nobody can change
    /// the one without the other.
    func body(_ row: RowKey, carrying wrappedKey: Span<UInt8>) -> SealingContext {
        var context = Self.extend(body, row, .carrier)
        context.append(wrappedKey)
        return context
    }

    /// What the data key that a row carries is bound to.
    func dataKey(_ row: RowKey) -> SealingContext {
        Self.extend(dataKey, row, .carrier)
    }

    /// What a realm's key is bound to. The row is computed from the realm.
    static func realmKey(cluster: ClusterIdentity, row: RowKey) -> SealingContext {
        var context = SealingContext(domain: "pv1|realmkey")
        context.append(cluster.id)
        return extend(context, row, .realmKey)
    }

    /// What the realm's identifier, sealed with its key, is bound to.
    static func realmName(cluster: ClusterIdentity, row: RowKey) -> SealingContext {
        var context = SealingContext(domain: "pv1|realm")
        context.append(cluster.id)
        return extend(context, row, .realmKey)
    }

    private static func extend(_ context: SealingContext, _ row: RowKey, _ format: RowFormat) -> SealingContext {
        var place = [41 of UInt8](repeating: 0)
        for word in 0..<5 {
            for byte in 0..<8 {
                place[word * 8 + byte] = UInt8(truncatingIfNeeded: row.words[word] >> UInt64(56 - 8 * byte))
            }
        }
        place[40] = format.rawValue
        var context = context
        context.append(place.span)
        return context
    }
}
