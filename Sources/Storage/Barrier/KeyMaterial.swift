package import VaultCrypto

/// Key bytes that immutable snapshots share; wiped with the last of their holders.
package final class KeyMaterial: Sendable {
    /// The bytes.
    package let bytes: SecretBytes

    /// Takes bytes.
    package init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

    /// Makes 32 random bytes.
    convenience init() throws(CryptoError) {
        self.init(try SecretBytes(random: AEADKey.count))
    }
}

/// A key that seals, and whose bytes are themselves sealed under another key.
final class StoredKey: Sendable {
    /// The key's bytes, to be sealed under another key.
    let bytes: SecretBytes
    /// The key at work.
    let sealing: AEADKey

    /// Takes the 32 bytes of a key.
    init(_ bytes: consuming SecretBytes) throws(CryptoError) {
        sealing = try AEADKey(bytes.duplicate())
        self.bytes = bytes
    }

    /// Makes a random key.
    convenience init() throws(CryptoError) {
        try self.init(SecretBytes(random: AEADKey.count))
    }
}
