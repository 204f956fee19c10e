/// A 32-byte key that seals and opens, bound to a context; the format is ``Envelope``.
///
/// A class, so that an immutable snapshot can hold it and be shared; the bytes are wiped when the last holder goes.
package final class AEADKey: Sendable {
    /// The length of a key in bytes.
    package static let count = 32

    private let bytes: SecretBytes

    /// Takes over a key of 32 bytes.
    ///
    /// - Throws: ``CryptoError/invalidLength``.
    package init(_ bytes: consuming SecretBytes) throws(CryptoError) {
        guard bytes.count == Self.count else { throw .invalidLength }
        self.bytes = bytes
    }

    /// Makes a random key.
    ///
    /// - Throws: ``CryptoError/memoryUnavailable``.
    package static func random() throws(CryptoError) -> AEADKey {
        try AEADKey(SecretBytes(random: count))
    }

    /// Seals `plaintext`.
    ///
    /// - Parameters:
    ///   - plaintext: up to 1 GiB.
    ///   - context: what the envelope is bound to; needed again to open it.
    ///   - term: the keyring term to record, readable in the envelope and bound to it.
    ///   - keyID: the identity of this key to record, readable and bound likewise.
    /// - Returns: the envelope, 71 bytes longer than `plaintext`.
    /// - Throws: ``CryptoError/inputTooLarge``.
    package func seal(
        _ plaintext: Span<UInt8>, context: borrowing SealingContext, term: UInt32, keyID: UInt64
    ) throws(CryptoError) -> [UInt8] {
        let header = EnvelopeHeader(term: term, keyID: keyID)
        let bound = context.span
        return try unsafe bytes.withPointer { (key) throws(CryptoError) -> [UInt8] in
            try unsafe Envelope.seal(plaintext, key: key, context: bound, header: header)
        }
    }

    /// Opens an envelope.
    ///
    /// - Throws: ``CryptoError/malformed`` when it is not one, ``CryptoError/authenticationFailed`` when it was sealed
    ///   by another key, for another context, or was changed.
    package func open(
        _ envelope: Span<UInt8>, context: borrowing SealingContext
    ) throws(CryptoError) -> [UInt8] {
        let bound = context.span
        return try unsafe bytes.withPointer { (key) throws(CryptoError) -> [UInt8] in
            try unsafe Envelope.open(envelope, key: key, context: bound)
        }
    }

    /// Derives a 32-byte key for another purpose; see ``KeyDerivation/subkey(of:purpose:salt:)``.
    package func subkey(purpose: StaticString, salt: Span<UInt8>) throws(CryptoError) -> SecretBytes {
        try KeyDerivation.subkey(of: bytes, purpose: purpose, salt: salt)
    }

    /// Lends the key's address, valid during the call.
    @inline(__always)
    func withPointer<Result: ~Copyable>(
        _ body: (UnsafePointer<UInt8>) throws(CryptoError) -> Result
    ) throws(CryptoError) -> Result {
        try unsafe bytes.withPointer(body)
    }
}
