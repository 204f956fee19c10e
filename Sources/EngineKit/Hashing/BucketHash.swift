import Notation

/// How the bucket of a split is made from a flag's salt and the value it is sticky by.
///
/// A flag keeps its hash for life, since another one would put everyone into other buckets.
package enum BucketHash: String, CaseIterable, Sendable {
    /// The first 8 bytes, big endian, of BLAKE2b-256(salt ‖ 0x00 ‖ value) modulo 100,000.
    case blake2b

    /// The bucket, 0 to 99,999.
    ///
    /// - Parameters:
    ///   - salt: The flag's salt as bytes.
    ///   - value: The value's UTF-8; a number or boolean as its JSON text.
    package func bucket(salt: Span<UInt8>, value: Span<UInt8>) -> Int {
        var hash = BLAKE2b256()
        hash.update(salt)
        hash.update(0)
        hash.update(value)
        return Self.bucket(of: hash.finish())
    }

    /// The bucket of a text.
    package func bucket(salt: String, value: String) -> Int {
        var hash = BLAKE2b256()
        hash.update(salt)
        hash.update(0)
        hash.update(value)
        return Self.bucket(of: hash.finish())
    }

    private static func bucket(of digest: Digest256) -> Int {
        Int(truncatingIfNeeded: digest.leading64 % UInt64(Percentage.whole))
    }
}
