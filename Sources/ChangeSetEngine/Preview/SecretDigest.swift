import EngineKit
import Notation

/// Tells values of secrets apart without telling them: BLAKE2b-256 over a secret of the mount and the value.
///
/// BLAKE2b needs no HMAC construction around it (RFC 7693, section 2.9). The secret is random and never leaves the
/// store, so a value cannot be guessed from its digest.
struct SecretDigest {
    private let secret: [UInt8]

    /// Reads the mount's secret, or makes it with the first change set.
    init(_ scope: ChangeSetScope) throws(EngineError) {
        let key = StoreKey(scope.request.mount.realm, ChangeSetRecords.digestKey, [])
        if let found = try scope.transaction.get(key) {
            secret = found
        } else {
            secret = scope.request.random.bytes(32)
            scope.transaction.put(key, secret)
        }
    }

    /// The members of a secret with digests in the place of their values.
    func masked(_ content: JSONObject?) -> JSONObject? {
        content.map { content in
            JSONObject(content.members.map { .init(name: $0.name, value: .string("hmac:\(text(of: $0.value))")) })
        }
    }

    /// The digest of a value, hexadecimal.
    private func text(of value: JSON) -> String {
        var hash = BLAKE2b256()
        hash.update(secret.span)
        hash.update(CanonicalJSON.bytes(of: value).span)
        return hash.finish().hexadecimal
    }
}
