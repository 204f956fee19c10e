internal import CSodium

/// BLAKE2b with a 32-byte hash and no key (RFC 7693), at once or piece by piece.
// Only `state` is unsafe; it is valid from `init` to `deinit` and has one owner.
@safe package struct BLAKE2b256: ~Copyable {
    private let state: UnsafeMutableRawPointer

    /// Starts a hash.
    package init() {
        Sodium.require()
        unsafe state = .allocate(byteCount: BLAKE2b.stateCount, alignment: BLAKE2b.stateAlignment)
        _ = unsafe crypto_generichash_blake2b_init(OpaquePointer(state), nil, 0, 32)
    }

    deinit {
        unsafe sodium_memzero(state, BLAKE2b.stateCount)
        unsafe state.deallocate()
    }

    /// Absorbs `bytes`.
    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe BLAKE2b.update(OpaquePointer(state), bytes)
    }

    /// The hash of everything absorbed.
    package consuming func finalize() -> [32 of UInt8] {
        unsafe withDigest32 { unsafe crypto_generichash_blake2b_final(OpaquePointer(state), $0, 32) }
    }

    /// The hash of `bytes`.
    package static func hash(_ bytes: Span<UInt8>) -> [32 of UInt8] {
        Sodium.require()
        return unsafe withDigest32 { unsafe BLAKE2b.hash(into: $0, count: 32, bytes) }
    }
}
