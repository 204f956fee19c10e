internal import CSodium

/// An Ed25519 key pair (RFC 8032) for signing audit checkpoints.
package final class SigningKey: Sendable {
    /// Seed and public key, as libsodium keeps them.
    private let secret: SecretBytes
    /// The public key, 32 bytes.
    package let publicKey: [32 of UInt8]

    /// Makes the key pair of a 32-byte seed.
    ///
    /// - Throws: ``CryptoError/invalidLength``, ``CryptoError/memoryUnavailable``.
    package init(seed: borrowing SecretBytes) throws(CryptoError) {
        guard seed.count == 32 else { throw .invalidLength }
        var publicKey = [32 of UInt8](repeating: 0)
        secret = try unsafe seed.withPointer { (seed) throws(CryptoError) -> SecretBytes in
            try unsafe SecretBytes(byteCount: 64) { (output) throws(CryptoError) in
                publicKey = unsafe withDigest32 { unsafe crypto_sign_seed_keypair($0, output, seed) }
            }
        }
        self.publicKey = publicKey
    }

    /// Signs `message`. The signature, 64 bytes, is deterministic.
    package func sign(_ message: Span<UInt8>) -> [64 of UInt8] {
        unsafe withDigest64 { signature in
            unsafe secret.withPointer { secret in
                unsafe message.withUnsafeBufferPointer { message in
                    _ = unsafe crypto_sign_detached(
                        signature, nil, message.baseAddress, UInt64(message.count), secret)
                }
            }
        }
    }

    /// Whether `signature` is the signature of `message` by the owner of `publicKey`.
    ///
    /// Wrong lengths, keys of small order and signatures that are not in canonical form are refused.
    package static func isValid(
        _ signature: Span<UInt8>, for message: Span<UInt8>, publicKey: Span<UInt8>
    ) -> Bool {
        guard signature.count == 64, publicKey.count == 32 else { return false }
        Sodium.require()
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe publicKey.withUnsafeBufferPointer { publicKey in
                unsafe message.withUnsafeBufferPointer { message in
                    guard let signature = signature.baseAddress, let publicKey = publicKey.baseAddress else {
                        return false
                    }
                    return unsafe crypto_sign_verify_detached(
                        signature, message.baseAddress, UInt64(message.count), publicKey) == 0
                }
            }
        }
    }
}
