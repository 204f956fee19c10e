import Notation

/// BLAKE2b with a digest of 32 bytes and no key (RFC 7693), fed piece by piece without allocating.
package struct BLAKE2b256: Sendable {
    private var state: InlineArray<8, UInt64>
    // The block being filled, as the little-endian words that the compression takes.
    private var block = InlineArray<16, UInt64>(repeating: 0)
    private var filled = 0
    private var compressed: UInt64 = 0

    private static let blockLength = 128
    // Section 2.6: the first 64 bits of the fractions of the square roots of the first eight primes.
    fileprivate static let start: InlineArray<8, UInt64> = [
        0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
        0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
    ]

    /// A hash of nothing so far.
    package init() {
        state = Self.start
        // Section 2.5: no key, digest of 32 bytes, no tree.
        state[0] ^= 0x0101_0020
    }

    /// Takes one more byte.
    package mutating func update(_ byte: UInt8) {
        makeRoom()
        block[filled >> 3] |= UInt64(byte) << UInt64((filled & 7) << 3)
        filled &+= 1
    }

    /// Takes more bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        var index = 0
        while index < bytes.count {
            // A word at a time, where one begins.
            if filled & 7 == 0, bytes.count &- index >= 8 {
                makeRoom()
                var word: UInt64 = 0
                for place in 0..<8 { word |= UInt64(bytes[index &+ place]) &<< UInt64(place &<< 3) }
                block[filled &>> 3] = word
                filled &+= 8
                index &+= 8
            } else {
                update(bytes[index])
                index &+= 1
            }
        }
    }

    /// The last block is compressed by `finish`, so a full one waits for a byte after it.
    private mutating func makeRoom() {
        guard filled == Self.blockLength else { return }
        compressed &+= UInt64(Self.blockLength)
        compress(isLast: false)
        block = InlineArray(repeating: 0)
        filled = 0
    }

    /// Takes the UTF-8 of a text.
    package mutating func update(_ text: String) {
        for byte in text.utf8 { update(byte) }
    }

    /// Ends the hash.
    package consuming func finish() -> Digest256 {
        compressed &+= UInt64(filled)
        compress(isLast: true)
        return Digest256(state[0], state[1], state[2], state[3])
    }

    /// The digest of bytes.
    package static func digest(of bytes: Span<UInt8>) -> Digest256 {
        var hash = BLAKE2b256()
        hash.update(bytes)
        return hash.finish()
    }

    // Section 3.2, function F; the rounds' message words are in the order of the table SIGMA in section 2.7.
    private mutating func compress(isLast: Bool) {
        var work = BLAKE2bWork(state, offset: compressed, isLast: isLast)
        let (m0, m1, m2, m3) = (block[0], block[1], block[2], block[3])
        let (m4, m5, m6, m7) = (block[4], block[5], block[6], block[7])
        let (m8, m9, ma, mb) = (block[8], block[9], block[10], block[11])
        let (mc, md, me, mf) = (block[12], block[13], block[14], block[15])
        work.round(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, ma, mb, mc, md, me, mf)
        work.round(me, ma, m4, m8, m9, mf, md, m6, m1, mc, m0, m2, mb, m7, m5, m3)
        work.round(mb, m8, mc, m0, m5, m2, mf, md, ma, me, m3, m6, m7, m1, m9, m4)
        work.round(m7, m9, m3, m1, md, mc, mb, me, m2, m6, m5, ma, m4, m0, mf, m8)
        work.round(m9, m0, m5, m7, m2, m4, ma, mf, me, m1, mb, mc, m6, m8, m3, md)
        work.round(m2, mc, m6, ma, m0, mb, m8, m3, m4, md, m7, m5, mf, me, m1, m9)
        work.round(mc, m5, m1, mf, me, md, m4, ma, m0, m7, m6, m3, m9, m2, m8, mb)
        work.round(md, mb, m7, me, mc, m1, m3, m9, m5, m0, mf, m4, m8, m6, m2, ma)
        work.round(m6, mf, me, m9, mb, m3, m0, m8, mc, m2, md, m7, m1, m4, ma, m5)
        work.round(ma, m2, m8, m4, m7, m6, m1, m5, mf, mb, m9, me, m3, mc, md, m0)
        work.round(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, ma, mb, mc, md, me, mf)
        work.round(me, ma, m4, m8, m9, mf, md, m6, m1, mc, m0, m2, mb, m7, m5, m3)
        work.fold(into: &state)
    }
}

/// The sixteen words that one compression mixes.
private struct BLAKE2bWork {
    package var (v0, v1, v2, v3): (UInt64, UInt64, UInt64, UInt64)
    package var (v4, v5, v6, v7): (UInt64, UInt64, UInt64, UInt64)
    package var (v8, v9, va, vb): (UInt64, UInt64, UInt64, UInt64)
    package var (vc, vd, ve, vf): (UInt64, UInt64, UInt64, UInt64)

    @inline(__always)
    package init(_ state: InlineArray<8, UInt64>, offset: UInt64, isLast: Bool) {
        let start = BLAKE2b256.start
        (v0, v1, v2, v3) = (state[0], state[1], state[2], state[3])
        (v4, v5, v6, v7) = (state[4], state[5], state[6], state[7])
        (v8, v9, va, vb) = (start[0], start[1], start[2], start[3])
        (vc, vd, ve, vf) = (start[4] ^ offset, start[5], isLast ? ~start[6] : start[6], start[7])
    }

    @inline(__always)
    package mutating func round(
        _ m0: UInt64, _ m1: UInt64, _ m2: UInt64, _ m3: UInt64, _ m4: UInt64, _ m5: UInt64, _ m6: UInt64,
        _ m7: UInt64, _ m8: UInt64, _ m9: UInt64, _ ma: UInt64, _ mb: UInt64, _ mc: UInt64, _ md: UInt64,
        _ me: UInt64, _ mf: UInt64
    ) {
        Self.mix(&v0, &v4, &v8, &vc, m0, m1)
        Self.mix(&v1, &v5, &v9, &vd, m2, m3)
        Self.mix(&v2, &v6, &va, &ve, m4, m5)
        Self.mix(&v3, &v7, &vb, &vf, m6, m7)
        Self.mix(&v0, &v5, &va, &vf, m8, m9)
        Self.mix(&v1, &v6, &vb, &vc, ma, mb)
        Self.mix(&v2, &v7, &v8, &vd, mc, md)
        Self.mix(&v3, &v4, &v9, &ve, me, mf)
    }

    @inline(__always)
    package func fold(into state: inout InlineArray<8, UInt64>) {
        state[0] ^= v0 ^ v8
        state[1] ^= v1 ^ v9
        state[2] ^= v2 ^ va
        state[3] ^= v3 ^ vb
        state[4] ^= v4 ^ vc
        state[5] ^= v5 ^ vd
        state[6] ^= v6 ^ ve
        state[7] ^= v7 ^ vf
    }

    // Section 3.1, function G.
    @inline(__always)
    private static func mix(
        _ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64, _ x: UInt64, _ y: UInt64
    ) {
        a = a &+ b &+ x
        d = rotate(d ^ a, by: 32)
        c = c &+ d
        b = rotate(b ^ c, by: 24)
        a = a &+ b &+ y
        d = rotate(d ^ a, by: 16)
        c = c &+ d
        b = rotate(b ^ c, by: 63)
    }

    @inline(__always)
    private static func rotate(_ word: UInt64, by bits: UInt64) -> UInt64 { word &>> bits | word &<< (64 &- bits) }
}
