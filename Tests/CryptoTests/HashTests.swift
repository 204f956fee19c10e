import Testing

@testable import VaultCrypto

@Suite struct HashTests {
    @Test(arguments: HashVectors.hmac)
    func hmacMatchesRFC4231(vector: HashVectors.HMAC) throws {
        let key = try HMACKey(secret(vector.key))
        #expect(key.authenticate(vector.message.span).array == vector.code)
        // Again, because the key's state must not have moved.
        #expect(key.authenticate(vector.message.span).array == vector.code)
        #expect(key.isValid(vector.code, for: vector.message))
    }

    @Test func everyFlippedBitOfACodeIsRefused() throws {
        let vector = HashVectors.hmac[0]
        let key = try HMACKey(secret(vector.key))
        for index in vector.code.indices {
            var changed = vector.code
            changed[index] ^= 1
            #expect(!key.isValid(changed, for: vector.message))
        }
        #expect(!key.isValid(Array(vector.code.prefix(16)), for: vector.message))
        #expect(!key.isValid([UInt8](), for: vector.message))
        #expect(!key.isValid(vector.code, for: (vector.message + [0])))
    }

    @Test func codesAreIndependentAcrossThreads() async throws {
        let vector = HashVectors.hmac[1]
        let key = try HMACKey(secret(vector.key))
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<500).allSatisfy { _ in key.isValid(vector.code, for: vector.message) } }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func sha2MatchesFIPS180() {
        #expect(SHA256.hash(text("abc").span).array == HashVectors.sha256OfABC)
        #expect(SHA256.hash([UInt8]().span).array == HashVectors.sha256OfNothing)
        #expect(SHA512.hash(text("abc").span).array == HashVectors.sha512OfABC)
        #expect(SHA224.hash(text("abc").span).array == HashVectors.sha224OfABC)
        #expect(SHA384.hash(text("abc").span).array == HashVectors.sha384OfABC)
    }

    @Test func blake2bMatchesRFC7693() {
        let digest = unsafe withDigest64 { unsafe BLAKE2b.hash(into: $0, count: 64, text("abc").span) }
        #expect(digest.array == HashVectors.blake2b512OfABC)
        #expect(BLAKE2b256.hash(text("abc").span).array == HashVectors.blake2b256OfABC)
        #expect(BLAKE2b256.hash([UInt8]().span).array == HashVectors.blake2b256OfNothing)
    }

    @Test(arguments: [1, 7, 63, 64, 127, 128, 129, 1000])
    func piecesHashLikeTheWhole(size: Int) {
        let message = (0..<1000).map { UInt8($0 % 251) }
        var sha256 = SHA256()
        var sha512 = SHA512()
        var blake2b = BLAKE2b256()
        for start in stride(from: 0, to: message.count, by: size) {
            let piece = Array(message[start..<min(start + size, message.count)])
            sha256.update(piece.span)
            sha512.update(piece.span)
            blake2b.update(piece.span)
        }
        #expect(sha256.finalize().array == SHA256.hash(message.span).array)
        #expect(sha512.finalize().array == SHA512.hash(message.span).array)
        #expect(blake2b.finalize().array == HashVectors.blake2b256OfLongMessage)
    }

    @Test func aCopiedHashGoesItsOwnWay() {
        var one = SHA256()
        one.update(text("a").span)
        var two = one
        one.update(text("bc").span)
        two.update(text("x").span)
        #expect(one.finalize().array == HashVectors.sha256OfABC)
        #expect(two.finalize().array == SHA256.hash(text("ax").span).array)
    }
}
