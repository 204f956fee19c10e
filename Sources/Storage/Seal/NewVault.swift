import EngineKit
import VaultCrypto

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
