import Testing

@testable import VaultCrypto

@Suite struct SigningKeyTests {
    @Test(arguments: SignatureVectors.all)
    func signaturesMatchRFC8032(vector: SignatureVectors.Vector) throws {
        let key = try SigningKey(seed: secret(vector.seed))
        #expect(key.publicKey.array == vector.publicKey)
        #expect(key.sign(vector.message.span).array == vector.signature)
        #expect(
            SigningKey.isValid(
                vector.signature, for: vector.message, publicKey: vector.publicKey))
    }

    @Test func everyFlippedBitOfASignatureIsRefused() throws {
        let vector = SignatureVectors.all[2]
        for index in vector.signature.indices {
            for bit in 0..<8 {
                var changed = vector.signature
                changed[index] ^= 1 << UInt8(bit)
                #expect(
                    !SigningKey.isValid(changed, for: vector.message, publicKey: vector.publicKey))
            }
        }
    }

    @Test func anotherMessageOrKeyIsRefused() throws {
        let vector = SignatureVectors.all[1]
        let other = SignatureVectors.all[0].publicKey
        let publicKey = vector.publicKey
        #expect(!SigningKey.isValid(vector.signature, for: [UInt8](), publicKey: publicKey))
        #expect(!SigningKey.isValid(vector.signature, for: [0x73], publicKey: publicKey))
        #expect(!SigningKey.isValid(vector.signature, for: vector.message, publicKey: other))
    }

    @Test(arguments: [(0, 32), (63, 32), (65, 32), (64, 0), (64, 31), (64, 33)])
    func otherLengthsAreRefused(signatureCount: Int, keyCount: Int) {
        let signature = [UInt8](repeating: 1, count: signatureCount)
        let key = [UInt8](repeating: 1, count: keyCount)
        #expect(!SigningKey.isValid(signature, for: [UInt8](), publicKey: key))
    }

    @Test func aKeyOfSmallOrderIsRefused() {
        // The neutral element as public key, and R = neutral, S = 0: verifies for every message if not refused.
        let neutral: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)
        let forged = neutral + [UInt8](repeating: 0, count: 32)
        #expect(!SigningKey.isValid(forged, for: text("anything"), publicKey: neutral))
    }

    @Test func aSignatureWithTheGroupOrderAddedIsRefused() {
        // RFC 8032 section 5.1.7: S must be below L, or each signature has a second form.
        let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        let vector = SignatureVectors.all[1]
        var forged = vector.signature
        var carry = 0
        for index in 0..<32 {
            carry += Int(forged[32 + index]) + Int(order[index])
            forged[32 + index] = UInt8(carry & 0xFF)
            carry >>= 8
        }
        #expect(!SigningKey.isValid(forged, for: vector.message, publicKey: vector.publicKey))
    }

    @Test(arguments: [1, 31, 33, 64])
    func seedsOfOtherLengthsAreRefused(count: Int) {
        #expect(throws: CryptoError.invalidLength) { try SigningKey(seed: SecretBytes(random: count)) }
    }
}
