import EngineKit
package import VaultCrypto

/// The key at the top, which exists only as shares.
enum UnsealKey {
    /// Puts the key together.
    ///
    /// - Throws: `CryptoError.shares` when there are not enough shares or they do not fit together. Wrong ones
    ///   that fit give a wrong key.
    static func combine(_ shares: [Shamir.Share], _ configuration: SealConfiguration) throws(CryptoError) -> SecretBytes
    {
        guard shares.count >= Int(configuration.threshold), let first = shares.first else { throw .shares(.tooFew) }
        // A share that is needed alone is the key itself, as in Vault.
        if configuration.threshold == 1 { return try first.bytes.duplicate() }
        return try Shamir.combine(shares)
    }
}

/// A new unseal key that is not in force yet.
package final class PreparedRekey: Sendable {
    /// The new shares; they exist nowhere else.
    package let shares: [Shamir.Share]
    /// How many there are and how many are needed.
    package let configuration: SealConfiguration
    /// The generation of the seal that the key is to replace.
    let replacedGeneration: UInt64
    private let key: KeyMaterial

    init(_ configuration: SealConfiguration, replacing generation: UInt64) throws(CryptoError) {
        key = try KeyMaterial()
        shares = try Shamir.split(
            key.bytes, shares: Int(configuration.shares), threshold: Int(configuration.threshold))
        self.configuration = configuration
        replacedGeneration = generation
    }

    /// Whether shares give the new key: their holders have received them.
    package func isProven(by shares: [Shamir.Share]) -> Bool {
        // Shares that do not even combine prove nothing.
        guard let combined = try? UnsealKey.combine(shares, configuration) else { return false }
        return combined.isEqual(to: key.bytes)
    }

    /// Seals the root key under the new unseal key.
    func seal(_ rootKey: StoredKey, _ context: SealingContext) throws(CryptoError) -> [UInt8] {
        let unsealKey = try AEADKey(key.bytes.duplicate())
        return try unsealKey.wrap(
            rootKey.bytes, context: context, term: Bootstrap.term, keyID: Bootstrap.unsealKeyID)
    }
}

/// The keys and first rows of a vault that is being made.
struct NewVault {
    /// The shares of its unseal key.
    let shares: [Shamir.Share]
    /// Its root key.
    let rootKey: StoredKey
    /// Its bootstrap record.
    let bootstrap: Bootstrap
    /// The rows to begin with: the bootstrap record and the key of the system's realm.
    let firstBatch: SealedBatch

    /// Makes all keys.
    init(
        _ configuration: SealConfiguration, cluster: ClusterIdentity, now: Int64, store: any SealedStore
    ) throws(SealError) {
        do throws(CryptoError) {
            let rootKey = try StoredKey()
            let seal = try PreparedRekey(configuration, replacing: 0)
            guard let keyring = try Keyring.generate(now: now) else { throw .malformed }
            var bootstrap = Bootstrap(
                configuration: configuration, cluster: cluster, sealGeneration: 1, sealedRoot: [],
                keyringGeneration: keyring.generation, sealedKeyring: [])
            bootstrap.sealedRoot = try seal.seal(rootKey, bootstrap.rootContext)
            bootstrap.sealedKeyring = try rootKey.sealing.wrap(
                keyring.encode(), context: bootstrap.keyringContext, term: Bootstrap.term,
                keyID: Bootstrap.rootKeyID)
            let barrier = try OpenBarrier(
                store: store, rootKey: rootKey, bootstrap: bootstrap, revision: Revision(0), keyring: keyring,
                limits: BarrierLimits(cacheBytes: 0, indexBytes: 0))
            let system = try barrier.makeRealm(.system, term: keyring.active)
            var batch = SealedBatch()
            batch.expectations = [(.bootstrap, .absent), (system.key.row, .absent)]
            batch.changes = [.put(.bootstrap, bootstrap.encode()), .put(system.key.row, system.value)]
            shares = seal.shares
            self.rootKey = rootKey
            self.bootstrap = bootstrap
            firstBatch = batch
        } catch {
            throw SealError(error)
        }
    }
}
