import Testing

@testable import VaultCrypto

@Suite struct EnvelopeTests {
    private let plaintext = text("a secret of forty bytes, more or less...")

    private func sealed(
        _ key: AEADKey, _ bound: SealingContext = context(), term: UInt32 = 3, keyID: UInt64 = 9
    ) throws -> [UInt8] {
        try key.seal(plaintext.span, context: bound, term: term, keyID: keyID)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1000, 70_000])
    func whatWasSealedOpens(count: Int) throws {
        let key = try AEADKey.random()
        let plaintext = SecureRandom.bytes(count)
        let envelope = try key.seal(plaintext.span, context: context(), term: 1, keyID: 2)
        #expect(envelope.count == count + 71)
        #expect(try key.open(envelope.span, context: context()) == plaintext)
    }

    @Test(arguments: EnvelopeVectors.all)
    func envelopesMatchAnIndependentImplementation(vector: EnvelopeVectors.Vector) throws {
        let key = try secret(EnvelopeVectors.key)
        let header = EnvelopeHeader(term: EnvelopeVectors.term, keyID: EnvelopeVectors.keyID)
        var nonce = [24 of UInt8](repeating: 0)
        for index in 0..<24 { nonce[index] = EnvelopeVectors.nonce[index] }
        let bound = context()
        let envelope = try unsafe key.withPointer { (key) throws(CryptoError) -> [UInt8] in
            try unsafe Envelope.seal(
                vector.plaintext.span, key: key, context: bound.span, header: header, nonce: nonce)
        }
        #expect(envelope == vector.envelope)
        #expect(try countingKey().open(vector.envelope.span, context: bound) == vector.plaintext)
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let key = try AEADKey.random()
        let envelope = try sealed(key)
        for index in envelope.indices {
            for bit in 0..<8 {
                var changed = envelope
                changed[index] ^= 1 << UInt8(bit)
                let expected: CryptoError = index < 3 ? .malformed : .authenticationFailed
                #expect(throws: expected, "byte \(index)") { try key.open(changed.span, context: context()) }
            }
        }
    }

    @Test func everyTruncationAndExtensionIsNoticed() throws {
        let key = try AEADKey.random()
        let envelope = try sealed(key)
        for count in 0..<envelope.count {
            let cut = Array(envelope.prefix(count))
            #expect(throws: count < 71 ? CryptoError.malformed : .authenticationFailed) {
                try key.open(cut.span, context: context())
            }
        }
        #expect(throws: CryptoError.authenticationFailed) { try key.open((envelope + [0]).span, context: context()) }
        #expect(throws: (any Error).self) { try key.open(Array(envelope.dropFirst()).span, context: context()) }
    }

    @Test func anotherKeyDoesNotOpen() throws {
        let envelope = try sealed(AEADKey.random())
        let other = try AEADKey.random()
        #expect(throws: CryptoError.authenticationFailed) { try other.open(envelope.span, context: context()) }
    }

    @Test(arguments: [
        context("secret/data/b"), context("secret/data/a/"), context("secret/data"), context(version: 8),
        SealingContext(domain: "pv1|test"), SealingContext(domain: "pv1|root").appending(text("secret/data/a")),
        context().appending([]), context().appending(7),
    ])
    func anotherContextDoesNotOpen(other: SealingContext) throws {
        let key = try AEADKey.random()
        let envelope = try sealed(key)
        #expect(throws: CryptoError.authenticationFailed) { try key.open(envelope.span, context: other) }
    }

    @Test func aByteMovedBetweenFieldsIsAnotherContext() throws {
        let key = try AEADKey.random()
        let one = SealingContext(domain: "pv1|test").appending(text("ab")).appending(text("c"))
        let two = SealingContext(domain: "pv1|test").appending(text("a")).appending(text("bc"))
        let envelope = try sealed(key, one)
        #expect(throws: CryptoError.authenticationFailed) { try key.open(envelope.span, context: two) }
    }

    @Test func aRewrittenTermOrKeyIDDoesNotOpen() throws {
        let key = try AEADKey.random()
        let other = EnvelopeHeader(term: 4, keyID: 9).encoded.array
        let another = EnvelopeHeader(term: 3, keyID: 10).encoded.array
        let envelope = try sealed(key)
        for header in [other, another] {
            let changed = header + envelope.dropFirst(15)
            #expect(throws: CryptoError.authenticationFailed) { try key.open(changed.span, context: context()) }
        }
    }

    @Test func aForeignCommitmentIsRefusedThoughTheTagIsRight() throws {
        let key = try AEADKey.random()
        let envelope = try sealed(key)
        let foreign = try sealed(key)
        let changed = envelope[..<39] + foreign[39..<55] + envelope[55...]
        #expect(throws: CryptoError.authenticationFailed) { try key.open(Array(changed).span, context: context()) }
    }

    @Test func partsOfTwoEnvelopesDoNotCombine() throws {
        let key = try AEADKey.random()
        let one = try sealed(key)
        let two = try sealed(key)
        for cut in [15, 39, 55, one.count - 16] {
            let changed = Array(one[..<cut] + two[cut...])
            // Cut at 15 the headers are equal, so the whole second envelope is intact.
            if cut == 15 { continue }
            #expect(throws: CryptoError.authenticationFailed) { try key.open(changed.span, context: context()) }
        }
    }

    @Test func theHeaderIsReadWithoutAKey() throws {
        let envelope = try sealed(AEADKey.random(), term: 0xFEDC_BA98, keyID: 0x0123_4567_89AB_CDEF)
        let header = try EnvelopeHeader.parse(envelope.span)
        #expect(header == EnvelopeHeader(term: 0xFEDC_BA98, keyID: 0x0123_4567_89AB_CDEF))
    }

    @Test(arguments: [(0, UInt8(0x51)), (1, 0), (1, 2), (2, 0), (2, 2)])
    func anotherMagicFormatOrAlgorithmIsMalformed(index: Int, value: UInt8) throws {
        var envelope = try sealed(AEADKey.random())
        envelope[index] = value
        #expect(throws: CryptoError.malformed) { try EnvelopeHeader.parse(envelope.span) }
    }

    @Test(arguments: [1, 16, 31, 33, 64])
    func keysOfOtherLengthsAreRefused(count: Int) {
        #expect(throws: CryptoError.invalidLength) { try AEADKey(SecretBytes(random: count)) }
    }

    /// C-15.
    @Test func noncesNeverRepeat() throws {
        let key = try AEADKey.random()
        let bound = context()
        var nonces = Set<[UInt8]>(minimumCapacity: 100_000)
        for _ in 0..<100_000 {
            let envelope = try key.seal([UInt8]().span, context: bound, term: 1, keyID: 1)
            nonces.insert(Array(envelope[15..<39]))
        }
        #expect(nonces.count == 100_000)
    }
}
