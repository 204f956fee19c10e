package import Notation

/// Tells values apart without telling them: BLAKE2b-256 over a secret and the value.
///
/// BLAKE2b needs no HMAC construction around it (RFC 7693, section 2.9): its digests cannot be extended. While the secret
/// stays in the store, a value cannot be guessed from its digest.
package struct KeyedDigest: Sendable {
    private let secret: [UInt8]

    /// Makes digests with a secret.
    package init(secret: [UInt8]) { self.secret = secret }

    /// The digest of a value, hexadecimal.
    package func text(of value: JSON) -> String {
        var hash = BLAKE2b256()
        hash.update(secret.span)
        hash.update(CanonicalJSON.bytes(of: value).span)
        return hash.finish().hexadecimal
    }
}
