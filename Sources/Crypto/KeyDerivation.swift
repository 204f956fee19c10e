internal import CSodium

/// Subkeys for separate purposes from one key.
///
/// `subkey = BLAKE2b-256(key = K, salt, personal = purpose)`: purpose and salt have fixed places in the parameter
/// block of BLAKE2b, so no two pairs of them can be confused.
package enum KeyDerivation {
    /// Derives a 32-byte key.
    ///
    /// - Parameters:
    ///   - key: the 32-byte key to derive from.
    ///   - purpose: a label of 1…16 ASCII bytes, such as `"pv.index.v1"`, padded with zeros.
    ///   - salt: exactly 16 bytes that name the owner, such as a UUID.
    /// - Throws: ``CryptoError/invalidLength`` for another length of key or salt, ``CryptoError/memoryUnavailable``.
    package static func subkey(
        of key: borrowing SecretBytes, purpose: StaticString, salt: Span<UInt8>
    ) throws(CryptoError) -> SecretBytes {
        guard key.count == 32, salt.count == 16 else { throw .invalidLength }
        let label = personalisation(purpose)
        return try unsafe key.withPointer { (key) throws(CryptoError) -> SecretBytes in
            try unsafe SecretBytes(byteCount: 32) { (output) throws(CryptoError) in
                unsafe label.span.withUnsafeBufferPointer { personal in
                    unsafe salt.withUnsafeBufferPointer { salt in
                        _ = unsafe crypto_generichash_blake2b_salt_personal(
                            output, 32, nil, 0, key, 32, salt.baseAddress, personal.baseAddress)
                    }
                }
            }
        }
    }

    private static func personalisation(_ purpose: StaticString) -> [16 of UInt8] {
        let count = purpose.utf8CodeUnitCount
        precondition((1...16).contains(count), "a purpose has 1 to 16 bytes")
        var label = [16 of UInt8](repeating: 0)
        // A static string literal is valid for `count` bytes for the life of the process.
        for index in 0..<count { label[index] = unsafe purpose.utf8Start[index] }
        return label
    }
}
