import Testing

@testable import VaultCrypto

@Suite struct KeyedHashTests {
    private func counting() throws -> KeyedHash { try KeyedHash(secret(Array(0..<32))) }

    @Test func digestsMatchAnIndependentImplementation() throws {
        let key = try counting()
        #expect(key.digest16(text("abc").span).array == HashVectors.keyed16)
        #expect(key.digest32(text("abc").span).array == HashVectors.keyed32)
        #expect(key.digest16(text("ab").span, text("c").span).array == HashVectors.keyedParts16)
        #expect(key.digest32(text("ab").span, text("c").span, [UInt8]().span).array == HashVectors.keyedParts32)
    }

    @Test func movingAByteBetweenPartsChangesTheDigest() throws {
        let key = try counting()
        let empty: [UInt8] = []
        let digests = [
            key.digest32(text("abc").span).array,
            key.digest32(text("ab").span, text("c").span).array,
            key.digest32(text("a").span, text("bc").span).array,
            key.digest32(text("abc").span, empty.span).array,
            key.digest32(empty.span, text("abc").span).array,
            key.digest32(text("ab").span, text("c").span, empty.span).array,
            key.digest32(text("a").span, text("b").span, text("c").span).array,
        ]
        #expect(Set(digests).count == digests.count)
    }

    @Test func anotherKeyGivesAnotherDigest() throws {
        let other = try KeyedHash(secret(Array(1..<33)))
        #expect(other.digest16(text("abc").span).array != HashVectors.keyed16)
    }

    @Test(arguments: [1, 31, 33, 64])
    func keysOfOtherLengthsAreRefused(count: Int) {
        #expect(throws: CryptoError.invalidLength) { try KeyedHash(SecretBytes(random: count)) }
    }

    @Test func subkeysMatchAnIndependentImplementation() throws {
        let salt = [UInt8](0..<16)
        let derived = try KeyDerivation.subkey(of: secret(Array(0..<32)), purpose: "pv.index.v1", salt: salt.span)
        #expect(reveal(derived) == HashVectors.subkey)
        let fromKey = try countingKey().subkey(purpose: "pv.index.v1", salt: salt.span)
        #expect(reveal(fromKey) == HashVectors.subkey)
    }

    @Test func purposeSaltAndKeyEachChangeTheSubkey() throws {
        let key = try SecretBytes(random: 32)
        let other = try SecretBytes(random: 32)
        let salt = [UInt8](repeating: 0, count: 16)
        let salted = [UInt8](repeating: 1, count: 16)
        let subkeys = [
            reveal(try KeyDerivation.subkey(of: key, purpose: "a", salt: salt.span)),
            reveal(try KeyDerivation.subkey(of: key, purpose: "b", salt: salt.span)),
            reveal(try KeyDerivation.subkey(of: key, purpose: "a", salt: salted.span)),
            reveal(try KeyDerivation.subkey(of: other, purpose: "a", salt: salt.span)),
            reveal(key),
        ]
        #expect(Set(subkeys).count == 5)
    }

    @Test(arguments: [(31, 16), (33, 16), (32, 15), (32, 17), (32, 0)])
    func otherLengthsDeriveNothing(keyCount: Int, saltCount: Int) throws {
        let key = try SecretBytes(random: keyCount)
        let salt = [UInt8](repeating: 0, count: saltCount)
        #expect(throws: CryptoError.invalidLength) {
            _ = try KeyDerivation.subkey(of: key, purpose: "a", salt: salt.span)
        }
    }
}
