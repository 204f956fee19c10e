import EngineKit
import Notation

/// Tells values of secrets apart without telling them, by a random secret of the mount.
struct SecretDigest {
    private let digest: KeyedDigest

    /// Reads the mount's secret, or makes it with the first change set.
    init(_ scope: ChangeSetScope) throws(EngineError) {
        let key = StoreKey(scope.request.mount.realm, ChangeSetRecords.digestKey, [])
        let found = try scope.transaction.get(key)
        let secret = found ?? scope.request.random.bytes(32)
        if found == nil { scope.transaction.put(key, secret) }
        digest = KeyedDigest(secret: secret)
    }

    /// The members of a secret with digests in the place of their values.
    func masked(_ content: JSONObject?) -> JSONObject? {
        content.map { content in
            JSONObject(
                content.members.map { .init(name: $0.name, value: .string("hmac:\(digest.text(of: $0.value))")) })
        }
    }
}
