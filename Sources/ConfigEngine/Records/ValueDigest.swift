import EngineKit
import Notation

/// Tells values of sensitive keys apart without telling them, by a random secret of the mount.
struct ValueDigest {
    private let digest: KeyedDigest

    /// Reads the mount's secret, which is there since the first sensitive key was declared.
    init(_ scope: ConfigScope) throws(EngineError) {
        guard let found = try scope.transaction.get(Self.key(scope)) else {
            throw .internalError("the secret of a mount of configuration is missing")
        }
        digest = KeyedDigest(secret: found)
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
    func text(of content: JSONObject) -> String { digest.text(of: .object(content)) }
}
