internal import CSodium

/// SHA-256 (FIPS 180-4), at once or piece by piece.
package struct SHA256: Sendable {
    private var state = crypto_hash_sha256_state()

    /// Starts a hash.
    package init() {
        unsafe crypto_hash_sha256_init(&state)
    }

    /// Absorbs `bytes`.
    package mutating func update(_ bytes: Span<UInt8>) {
        // `state` was initialised in `init`; the span is valid during the closure.
        _ = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe crypto_hash_sha256_update(&state, buffer.baseAddress, UInt64(buffer.count))
        }
    }

    /// The hash of everything absorbed.
    package consuming func finalize() -> [32 of UInt8] {
        unsafe withDigest32 { unsafe crypto_hash_sha256_final(&state, $0) }
    }

    /// The hash of `bytes`.
    package static func hash(_ bytes: Span<UInt8>) -> [32 of UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}

/// SHA-512 (FIPS 180-4), at once or piece by piece.
package struct SHA512: Sendable {
    private var state = crypto_hash_sha512_state()

    /// Starts a hash.
    package init() {
        unsafe crypto_hash_sha512_init(&state)
    }

    /// Absorbs `bytes`.
    package mutating func update(_ bytes: Span<UInt8>) {
        // `state` was initialised in `init`; the span is valid during the closure.
        _ = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe crypto_hash_sha512_update(&state, buffer.baseAddress, UInt64(buffer.count))
        }
    }

    /// The hash of everything absorbed.
    package consuming func finalize() -> [64 of UInt8] {
        unsafe withDigest64 { unsafe crypto_hash_sha512_final(&state, $0) }
    }

    /// The hash of `bytes`.
    package static func hash(_ bytes: Span<UInt8>) -> [64 of UInt8] {
        var hash = SHA512()
        hash.update(bytes)
        return hash.finalize()
    }
}
