import EngineKit
import Notation

/// Tells values of sensitive keys apart without telling them: BLAKE2b-256 over a secret of the mount and the value.
///
/// BLAKE2b needs no HMAC construction around it (RFC 7693, section 2.9): its digests cannot be extended. The secret is
/// random and never leaves the store, so a value cannot be guessed from its digest.
struct ValueDigest {
    private let secret: [UInt8]

    /// Reads the mount's secret, which is there since the first sensitive key was declared.
    init(_ scope: ConfigScope) throws(EngineError) {
        guard let found = try scope.transaction.get(Self.key(scope)) else {
            throw .internalError("the secret of a mount of configuration is missing")
        }
        secret = found
    }

    /// Makes the mount's secret when there is none: a key becomes sensitive.
    static func prepare(_ scope: ConfigScope) throws(EngineError) {
        guard try scope.transaction.get(key(scope)) == nil else { return }
        scope.transaction.put(key(scope), scope.request.random.bytes(32))
    }

    private static func key(_ scope: ConfigScope) -> StoreKey {
        StoreKey(scope.realm, ConfigRecords.digestKey, [])
    }

    /// The digest of what a layer says, hexadecimal.
    func text(of content: JSONObject) -> String {
        var hash = BLAKE2b256()
        hash.update(secret.span)
        let canonical = CanonicalJSON.bytes(of: content)
        hash.update(canonical.span)
        return hash.finish().hexadecimal
    }
}
