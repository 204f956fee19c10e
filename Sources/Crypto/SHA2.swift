internal import CSodium

/// SHA-256 (FIPS 180-4), at once or piece by piece.
package struct SHA256: Sendable {
    private var state = crypto_hash_sha256_state()

    /// Starts a hash.
    package init() {
        unsafe crypto_hash_sha256_init(&state)
    }

    /// Starts a hash of the family from another initial value.
    fileprivate init(startingFrom words: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)) {
        self.init()
        state.state = words
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

    /// Starts a hash of the family from another initial value.
    fileprivate init(startingFrom words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)) {
        self.init()
        state.state = words
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

/// SHA-224 (FIPS 180-4, section 6.3): SHA-256 from another initial value, cut short. libsodium has it only in parts.
package enum SHA224 {
    /// The hash of `bytes`.
    package static func hash(_ bytes: Span<UInt8>) -> [28 of UInt8] {
        var hash = SHA256(
            startingFrom: (
                0xc105_9ed8, 0x367c_d507, 0x3070_dd17, 0xf70e_5939, 0xffc0_0b31, 0x6858_1511, 0x64f9_8fa7, 0xbefa_4fa4
            ))
        hash.update(bytes)
        let digest = hash.finalize()
        var short = [28 of UInt8](repeating: 0)
        for index in 0..<28 { short[index] = digest[index] }
        return short
    }
}

/// SHA-384 (FIPS 180-4, section 6.5): SHA-512 from another initial value, cut short.
package enum SHA384 {
    /// The hash of `bytes`.
    package static func hash(_ bytes: Span<UInt8>) -> [48 of UInt8] {
        var hash = SHA512(
            startingFrom: (
                0xcbbb_9d5d_c105_9ed8, 0x629a_292a_367c_d507, 0x9159_015a_3070_dd17, 0x152f_ecd8_f70e_5939,
                0x6733_2667_ffc0_0b31, 0x8eb4_4a87_6858_1511, 0xdb0c_2e0d_64f9_8fa7, 0x47b5_481d_befa_4fa4
            ))
        hash.update(bytes)
        let digest = hash.finalize()
        var short = [48 of UInt8](repeating: 0)
        for index in 0..<48 { short[index] = digest[index] }
        return short
    }
}
