import VaultCrypto

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
