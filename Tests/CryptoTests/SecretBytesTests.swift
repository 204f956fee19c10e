import Testing

@testable import VaultCrypto

@Suite struct SecretBytesTests {
    @Test func copiesAreEqualAndIndependent() throws {
        let duplicate: SecretBytes
        do {
            let original = try secret([1, 2, 3])
            duplicate = try original.duplicate()
            let isEqual = original.isEqual(to: duplicate)
            #expect(isEqual)
        }
        #expect(reveal(duplicate) == [1, 2, 3])
    }

    @Test(arguments: [[1, 2, 4], [0, 2, 3], [1, 2], [1, 2, 3, 0]] as [[UInt8]])
    func differentBytesAreNotEqual(other: [UInt8]) throws {
        let left = try secret([1, 2, 3])
        let right = try secret(other)
        let isEqual = left.isEqual(to: right)
        #expect(!isEqual)
    }

    @Test func copyingAndWipingEmptiesTheArray() throws {
        var source: [UInt8] = [9, 8, 7]
        let kept = try SecretBytes(copyingAndWiping: &source)
        #expect(source.isEmpty)
        #expect(reveal(kept) == [9, 8, 7])
    }

    @Test func initialisingStartsFromZerosAndKeepsWhatWasWritten() throws {
        var before: [UInt8] = []
        let made = try SecretBytes(count: 4) { (span) throws(CryptoError) in
            before = span.indices.map { span[$0] }
            span[2] = 5
        }
        #expect(before == [0, 0, 0, 0])
        #expect(reveal(made) == [0, 0, 5, 0])
    }

    @Test func aFailingInitialiserPassesItsErrorOn() {
        #expect(throws: CryptoError.malformed) {
            _ = try SecretBytes(count: 4) { (_) throws(CryptoError) in throw .malformed }
        }
    }

    @Test func randomSecretsDiffer() throws {
        let first = try SecretBytes(random: 32)
        let second = try SecretBytes(random: 32)
        let isEqual = first.isEqual(to: second)
        #expect(!isEqual)
        #expect(first.count == 32)
    }

    @Test(arguments: [0, -1, Int.min])
    func aCountBelowOneIsRefused(count: Int) {
        #expect(throws: CryptoError.invalidLength) { _ = try SecretBytes(random: count) }
    }

    @Test func noBytesAreRefused() {
        #expect(throws: CryptoError.invalidLength) { _ = try secret([]) }
    }

    @Test(arguments: [Int.max, Int.max - 65_536, 1 << 50])
    func memoryThatCannotBeHadIsAnErrorNotATrap(count: Int) {
        #expect(throws: CryptoError.memoryUnavailable) { _ = try SecretBytes(random: count) }
    }

    @Test func writingAfterwardsStopsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let made = try SecretBytes(random: 32)
            made.withSpan { span in
                unsafe span.withUnsafeBufferPointer { bytes in
                    unsafe UnsafeMutablePointer(mutating: bytes.baseAddress)?.pointee = 1
                }
            }
        }
    }

    @Test func constantTimeComparisonSeesEveryByte() {
        let left = [UInt8](repeating: 7, count: 40)
        #expect(ConstantTime.isEqual(left, left))
        #expect(ConstantTime.isEqual([UInt8](), [UInt8]()))
        #expect(!ConstantTime.isEqual(left, left.dropLast().map { $0 }))
        for index in left.indices {
            var right = left
            right[index] ^= 0x80
            #expect(!ConstantTime.isEqual(left, right))
        }
    }
}
