internal import CSodium

/// The sealed form of everything stored: XChaCha20-Poly1305 with a random nonce and a commitment to the key.
///
/// ```
/// magic 0x50 | format 1 | algorithm 1 | term u32 BE | key id u64 BE | nonce 24 | commitment 16 | ciphertext | tag 16
///
/// bound      = BLAKE2b-256(context | 0x0000000F | magic … key id)
/// (Ke | C)   = BLAKE2b-512(key = K, "pv.commit.v1" | nonce | bound)       32 bytes each
/// commitment = C[0..<16]
/// ciphertext, tag = XChaCha20-Poly1305-IETF(key = Ke, nonce, associated data = bound)
/// ```
/// Poly1305 alone does not commit to a key: one ciphertext can be made to open under two known keys. The commitment
/// closes that, and because it covers nonce and context, an envelope has exactly one key and one context.
/// The random nonce of 192 bits needs no counter: a collision is to be expected after some 2^96 envelopes.
enum Envelope {
    /// Bytes an envelope has beyond its plaintext.
    static let overhead = 71
    /// Longest plaintext in bytes. Larger things are streams; see ``SecretStreamEncryptor``.
    static let maximumPlaintextCount = 1 << 30

    private static let nonceOffset = 15
    private static let commitmentOffset = 39
    private static let ciphertextOffset = 55
    private static let commitmentCount = 16

    /// Seals `plaintext` under a fresh random nonce.
    ///
    /// - Parameter key: 32 bytes, valid during the call.
    /// - Throws: ``CryptoError/inputTooLarge``.
    static func seal(
        _ plaintext: Span<UInt8>, key: UnsafePointer<UInt8>, context: Span<UInt8>, header: EnvelopeHeader
    ) throws(CryptoError) -> [UInt8] {
        var nonce = [24 of UInt8](repeating: 0)
        var span = nonce.mutableSpan
        SecureRandom.fill(&span)
        return try unsafe seal(plaintext, key: key, context: context, header: header, nonce: nonce)
    }

    /// Seals `plaintext` under a given nonce, which must never repeat for a key. For known-answer tests.
    static func seal(
        _ plaintext: Span<UInt8>, key: UnsafePointer<UInt8>, context: Span<UInt8>, header: EnvelopeHeader,
        nonce: [24 of UInt8]
    ) throws(CryptoError) -> [UInt8] {
        guard plaintext.count <= maximumPlaintextCount else { throw .inputTooLarge }
        let total = overhead + plaintext.count
        return unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            guard let envelope = buffer.baseAddress else { return }
            unsafe header.encoded.span.copy(to: envelope)
            unsafe nonce.span.copy(to: envelope + nonceOffset)
            unsafe withMessageKey(key, nonce: envelope + nonceOffset, context: context, header: header) {
                messageKey, commitment, bound in
                unsafe (envelope + commitmentOffset).update(from: commitment, count: commitmentCount)
                unsafe plaintext.withUnsafeBufferPointer { input in
                    // Writes `input.count` + 16 bytes, which is the rest of the buffer. It has no failure.
                    _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                        envelope + ciphertextOffset, nil, input.baseAddress, UInt64(input.count), bound, 32, nil,
                        envelope + nonceOffset, messageKey)
                }
            }
            count = total
        }
    }

    /// The length of the plaintext in an envelope.
    ///
    /// - Throws: ``CryptoError/malformed`` when `envelope` is not one.
    static func plaintextCount(of envelope: Span<UInt8>) throws(CryptoError) -> Int {
        _ = try EnvelopeHeader.parse(envelope)
        return envelope.count - overhead
    }

    /// Opens an envelope into a new array.
    ///
    /// - Throws: ``CryptoError/malformed``, ``CryptoError/authenticationFailed``.
    static func open(
        _ envelope: Span<UInt8>, key: UnsafePointer<UInt8>, context: Span<UInt8>
    ) throws(CryptoError) -> [UInt8] {
        let header = try EnvelopeHeader.parse(envelope)
        let plaintextCount = envelope.count - overhead
        var isAuthentic = false
        let plaintext = unsafe [UInt8](unsafeUninitializedCapacity: plaintextCount) { buffer, count in
            isAuthentic = unsafe decrypt(
                envelope, header: header, key: key, context: context, into: buffer.baseAddress)
            count = isAuthentic ? plaintextCount : 0
        }
        guard isAuthentic else { throw .authenticationFailed }
        return plaintext
    }

    /// Opens an envelope into memory that has room for its plaintext.
    ///
    /// - Throws: ``CryptoError/malformed``, ``CryptoError/authenticationFailed``.
    static func open(
        _ envelope: Span<UInt8>, key: UnsafePointer<UInt8>, context: Span<UInt8>,
        into destination: UnsafeMutablePointer<UInt8>
    ) throws(CryptoError) {
        let header = try EnvelopeHeader.parse(envelope)
        guard unsafe decrypt(envelope, header: header, key: key, context: context, into: destination) else {
            throw .authenticationFailed
        }
    }

    private static func decrypt(
        _ envelope: Span<UInt8>, header: EnvelopeHeader, key: UnsafePointer<UInt8>, context: Span<UInt8>,
        into destination: UnsafeMutablePointer<UInt8>?
    ) -> Bool {
        unsafe envelope.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return false }
            return unsafe withMessageKey(key, nonce: base + nonceOffset, context: context, header: header) {
                messageKey, commitment, bound in
                // The commitment first: with the wrong key nothing is even tried.
                guard unsafe sodium_memcmp(commitment, base + commitmentOffset, commitmentCount) == 0 else {
                    return false
                }
                return unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                    destination, nil, nil, base + ciphertextOffset, UInt64(bytes.count - ciphertextOffset), bound, 32,
                    base + nonceOffset, messageKey) == 0
            }
        }
    }

    /// Derives the message key and commitment, lends them to `body` and wipes them.
    @inline(__always)
    private static func withMessageKey<Result>(
        _ key: UnsafePointer<UInt8>, nonce: UnsafePointer<UInt8>, context: Span<UInt8>, header: EnvelopeHeader,
        _ body: (
            _ messageKey: UnsafePointer<UInt8>, _ commitment: UnsafePointer<UInt8>, _ bound: UnsafePointer<UInt8>
        ) -> Result
    ) -> Result {
        // One block: derived 64 | label 12 | nonce 24 | bound 32. The last three are hashed as they lie.
        unsafe Scratch.withBytes(132) { derived in
            let input = unsafe derived + 64
            let bound = unsafe input + 36
            unsafe label.span.copy(to: input)
            unsafe (input + 12).update(from: nonce, count: 24)
            var suffix = [19 of UInt8](repeating: 0)
            let encoded = header.encoded
            suffix[3] = UInt8(EnvelopeHeader.count)
            for index in 0..<EnvelopeHeader.count { suffix[4 + index] = encoded[index] }
            unsafe BLAKE2b.hash(into: bound, count: 32, context, suffix.span)
            _ = unsafe crypto_generichash_blake2b(derived, 64, input, 68, key, 32)
            return unsafe body(derived, derived + 32, bound)
        }
    }

    /// `"pv.commit.v1"`.
    private static var label: [12 of UInt8] {
        [0x70, 0x76, 0x2E, 0x63, 0x6F, 0x6D, 0x6D, 0x69, 0x74, 0x2E, 0x76, 0x31]
    }
}
