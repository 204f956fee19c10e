import EngineKit
import Identity
import Storage
import VaultCrypto

/// Hashing and sealing of tokens with keys of the barrier. It lives as long as a snapshot, so not beyond the seal.
struct BarrierTokenCryptography: TokenCryptography {
    private let hashKey: HMACKey
    private let batchKey: AEADKey

    /// Takes the keys from an unsealed barrier.
    init(_ barrier: Barrier) throws(EngineError) {
        let cluster: ClusterIdentity
        let keyring: Keyring
        do throws(StoreError) {
            cluster = try barrier.cluster
            keyring = try barrier.keyring
        } catch {
            throw .store(error)
        }
        do throws(CryptoError) {
            hashKey = try HMACKey(keyring.tokenKey.bytes)
            batchKey = try AEADKey(
                KeyDerivation.subkey(of: keyring.tokenKey.bytes, purpose: "pv.batch.v1", salt: cluster.id.span))
        } catch {
            throw .internalError("no protected memory for the keys of tokens")
        }
    }

    func tokenHash(_ token: [UInt8]) -> [UInt8]? {
        let code = hashKey.authenticate(token.span)
        return (0..<32).map { code[$0] }
    }

    func sealBatchToken(_ record: [UInt8]) -> [UInt8]? {
        let context = SealingContext(domain: "pv1|batch-token")
        return try? batchKey.seal(record.span, context: context, term: 0, keyID: 0)
    }

    func openBatchToken(_ sealed: [UInt8]) -> [UInt8]? {
        // Whatever a client made up is simply not a token of ours.
        try? batchKey.open(sealed.span, context: SealingContext(domain: "pv1|batch-token"))
    }
}
