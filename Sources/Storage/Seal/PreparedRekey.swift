package import VaultCrypto

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
