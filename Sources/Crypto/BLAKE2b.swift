internal import CSodium

/// BLAKE2b (RFC 7693), keyed or not, over parts that lie in different places.
enum BLAKE2b {
    /// Domain separation for hashes over lists of parts: `"pv.hash.parts.v1"`.
    private static var partsLabel: [16 of UInt8] {
        [0x70, 0x76, 0x2E, 0x68, 0x61, 0x73, 0x68, 0x2E, 0x70, 0x61, 0x72, 0x74, 0x73, 0x2E, 0x76, 0x31]
    }

    /// Hashes `first | second` without joining them.
    ///
    /// - Parameters:
    ///   - output: has room for `count` bytes.
    ///   - count: length of the hash, 16…64 bytes.
    ///   - key: 32 bytes, or `nil` for the plain hash.
    static func hash(
        into output: UnsafeMutablePointer<UInt8>, count: Int, key: UnsafePointer<UInt8>? = nil,
        _ first: Span<UInt8>, _ second: Span<UInt8> = Span()
    ) {
        unsafe withState { state in
            _ = unsafe crypto_generichash_blake2b_init(state, key, key == nil ? 0 : 32, count)
            unsafe update(state, first)
            unsafe update(state, second)
            _ = unsafe crypto_generichash_blake2b_final(state, output, count)
        }
    }

    /// Hashes a list of parts, each preceded by its length (8 bytes big-endian), so that moving a byte from one part
    /// to the next changes the hash. The label keeps these hashes apart from those of ``hash(into:count:key:_:_:)``.
    static func hashParts(
        into output: UnsafeMutablePointer<UInt8>, count: Int, key: UnsafePointer<UInt8>,
        _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>?
    ) {
        unsafe withState { state in
            let label = partsLabel
            unsafe label.span.withUnsafeBufferPointer { personal in
                _ = unsafe crypto_generichash_blake2b_init_salt_personal(
                    state, key, 32, count, nil, personal.baseAddress)
            }
            unsafe updatePart(state, first)
            unsafe updatePart(state, second)
            if let third { unsafe updatePart(state, third) }
            _ = unsafe crypto_generichash_blake2b_final(state, output, count)
        }
    }

    /// Absorbs `bytes` into a state.
    static func update(_ state: OpaquePointer, _ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        unsafe bytes.withUnsafeBufferPointer { buffer in
            _ = unsafe crypto_generichash_blake2b_update(state, buffer.baseAddress, UInt64(buffer.count))
        }
    }

    private static func updatePart(_ state: OpaquePointer, _ part: Span<UInt8>) {
        var length = [8 of UInt8](repeating: 0)
        for index in 0..<8 { length[index] = UInt8(truncatingIfNeeded: part.count >> (56 - 8 * index)) }
        unsafe update(state, length.span)
        unsafe update(state, part)
    }

    /// The state's size and alignment (`crypto_generichash_blake2b_state`). Swift does not import the type because
    /// its alignment is above 16, so it is laid out by hand.
    static let stateCount = 384
    static let stateAlignment = 64

    @inline(__always)
    private static func withState(_ body: (OpaquePointer) -> Void) {
        // Room to move up to the next multiple of 64, because stack memory is aligned to 16 only.
        unsafe Scratch.withBytes(384 + 64) { base in
            unsafe body(OpaquePointer(UnsafeMutableRawPointer(base).alignedUp(toMultipleOf: stateAlignment)))
        }
    }
}
