import Testing

@testable import VaultCrypto

@Suite struct WrappedKeyTests {
    private let wrapContext = SealingContext(domain: "pv1|dek").appending(text("mount"))
    private let other = SealingContext(domain: "pv1|dek").appending(text("another mount"))
    private let plaintext = text("body")

    @Test func aWrappedKeyUnwraps() throws {
        let outer = try AEADKey.random()
        let inner = try SecretBytes(random: 32)
        let wrapped = try outer.wrap(inner, context: wrapContext, term: 2, keyID: 5)
        let unwrapped = try outer.unwrap(wrapped.span, context: wrapContext)
        let isEqual = unwrapped.isEqual(to: inner)
        #expect(isEqual)
        #expect(try EnvelopeHeader.parse(wrapped.span) == EnvelopeHeader(term: 2, keyID: 5))
    }

    @Test func aWrappedKeyIsBoundToItsContextAndKey() throws {
        let outer = try AEADKey.random()
        let stranger = try AEADKey.random()
        let wrapped = try outer.generateWrappedKey(context: wrapContext, term: 1, keyID: 1)
        #expect(throws: CryptoError.authenticationFailed) { _ = try outer.unwrap(wrapped.span, context: other) }
        #expect(throws: CryptoError.authenticationFailed) {
            _ = try stranger.unwrap(wrapped.span, context: wrapContext)
        }
        #expect(throws: CryptoError.malformed) { _ = try outer.unwrap([UInt8]().span, context: wrapContext) }
    }

    @Test func everyFlippedByteOfAWrappedKeyIsNoticed() throws {
        let outer = try AEADKey.random()
        let wrapped = try outer.generateWrappedKey(context: wrapContext, term: 1, keyID: 1)
        let envelope = try outer.sealWithWrappedKey(
            plaintext.span, wrapped: wrapped.span, wrappedContext: wrapContext, context: context(), term: 1, keyID: 1)
        for index in wrapped.indices {
            var changed = wrapped
            changed[index] ^= 1
            #expect(throws: CryptoError.self) { _ = try outer.unwrap(changed.span, context: wrapContext) }
            #expect(throws: CryptoError.self) {
                try outer.openWithWrappedKey(
                    envelope.span, wrapped: changed.span, wrappedContext: wrapContext, context: context())
            }
        }
    }

    @Test func sealingWithAWrappedKeyOpensBothWays() throws {
        let outer = try AEADKey.random()
        let wrapped = try outer.generateWrappedKey(context: wrapContext, term: 1, keyID: 1)
        let envelope = try outer.sealWithWrappedKey(
            plaintext.span, wrapped: wrapped.span, wrappedContext: wrapContext, context: context(), term: 1, keyID: 1)
        let opened = try outer.openWithWrappedKey(
            envelope.span, wrapped: wrapped.span, wrappedContext: wrapContext, context: context())
        #expect(opened == plaintext)
        let inner = try AEADKey(outer.unwrap(wrapped.span, context: wrapContext))
        #expect(try inner.open(envelope.span, context: context()) == plaintext)
    }

    @Test func anotherDataKeyOrContextDoesNotOpen() throws {
        let outer = try AEADKey.random()
        let wrapped = try outer.generateWrappedKey(context: wrapContext, term: 1, keyID: 1)
        let second = try outer.generateWrappedKey(context: wrapContext, term: 1, keyID: 1)
        let envelope = try outer.sealWithWrappedKey(
            plaintext.span, wrapped: wrapped.span, wrappedContext: wrapContext, context: context(), term: 1, keyID: 1)
        for (key, keyContext, bound) in [
            (second, wrapContext, context()), (wrapped, other, context()), (wrapped, wrapContext, context("b")),
        ] {
            #expect(throws: CryptoError.authenticationFailed) {
                try outer.openWithWrappedKey(
                    envelope.span, wrapped: key.span, wrappedContext: keyContext, context: bound)
            }
        }
        // Neither does the wrapping key itself.
        #expect(throws: CryptoError.authenticationFailed) { try outer.open(envelope.span, context: context()) }
    }

    @Test(arguments: [1, 31, 33, 64])
    func aWrappedSecretOfAnotherLengthIsNoDataKey(count: Int) throws {
        let outer = try AEADKey.random()
        let wrapped = try outer.wrap(SecretBytes(random: count), context: wrapContext, term: 1, keyID: 1)
        #expect(throws: CryptoError.malformed) {
            try outer.sealWithWrappedKey(
                plaintext.span, wrapped: wrapped.span, wrappedContext: wrapContext, context: context(), term: 1,
                keyID: 1)
        }
    }

    @Test func anEnvelopeOfNothingIsNoKey() throws {
        let outer = try AEADKey.random()
        let empty = try outer.seal([UInt8]().span, context: wrapContext, term: 1, keyID: 1)
        #expect(throws: CryptoError.invalidLength) { _ = try outer.unwrap(empty.span, context: wrapContext) }
    }

    @Test func rewrappingMovesTheKeyAndLeavesTheBody() throws {
        let old = try AEADKey.random()
        let new = try AEADKey.random()
        let wrapped = try old.generateWrappedKey(context: wrapContext, term: 1, keyID: 1)
        let envelope = try old.sealWithWrappedKey(
            plaintext.span, wrapped: wrapped.span, wrappedContext: wrapContext, context: context(), term: 1, keyID: 1)
        let moved = try old.rewrap(
            wrapped.span, context: wrapContext, for: new, newContext: other, term: 2, keyID: 8)
        #expect(try EnvelopeHeader.parse(moved.span) == EnvelopeHeader(term: 2, keyID: 8))
        let opened = try new.openWithWrappedKey(
            envelope.span, wrapped: moved.span, wrappedContext: other, context: context())
        #expect(opened == plaintext)
        #expect(throws: CryptoError.authenticationFailed) { _ = try old.unwrap(moved.span, context: other) }
        #expect(throws: CryptoError.authenticationFailed) { _ = try new.unwrap(moved.span, context: wrapContext) }
        #expect(throws: CryptoError.authenticationFailed) {
            try new.rewrap(wrapped.span, context: wrapContext, for: old, newContext: other, term: 2, keyID: 8)
        }
    }
}
