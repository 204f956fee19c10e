import Testing

@testable import VaultCrypto

@Suite struct SecureRandomTests {
    @Test(arguments: [0, 1, 24, 64, 65, 1000])
    func base62HasTheLengthAndTheDigits(count: Int) {
        let made = SecureRandom.base62(count)
        #expect(made.utf8.count == count)
        #expect(
            made.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            })
    }

    @Test func base62FavoursNoDigit() {
        var counts: [UInt8: Int] = [:]
        for digit in SecureRandom.base62(620_000).utf8 { counts[digit, default: 0] += 1 }
        #expect(counts.count == 62)
        // Chi-squared with 61 degrees of freedom: mean 61, deviation 11; 200 is beyond any luck, and a bias by
        // remainder (256 mod 62) would give thousands.
        let chiSquared = counts.values.reduce(0.0) { sum, count in
            let deviation = Double(count - 10_000)
            return sum + deviation * deviation / 10_000
        }
        #expect(chiSquared < 200)
    }

    @Test func textsDoNotRepeat() {
        #expect(Set((0..<10_000).map { _ in SecureRandom.base62(24) }).count == 10_000)
        #expect(Set((0..<10_000).map { _ in SecureRandom.uuid() }).count == 10_000)
    }

    @Test func uuidsHaveTheFormOfVersion4() {
        for _ in 0..<200 {
            let characters = Array(SecureRandom.uuid().utf8)
            #expect(characters.count == 36)
            for (index, character) in characters.enumerated() {
                switch index {
                case 8, 13, 18, 23: #expect(character == 0x2D)
                case 14: #expect(character == 0x34)
                case 19: #expect(text("89ab").contains(character))
                default: #expect(text("0123456789abcdef").contains(character))
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3, 62, 1000] as [UInt32])
    func uniformStaysBelowItsBound(bound: UInt32) {
        let drawn = (0..<2000).map { _ in SecureRandom.uniform(below: bound) }
        #expect(drawn.allSatisfy { $0 < bound })
        if bound <= 3 { #expect(Set(drawn).count == Int(bound)) }
    }

    @Test func bytesHaveTheLengthAndUseEveryValue() {
        #expect(SecureRandom.bytes(0).isEmpty)
        #expect(Set(SecureRandom.bytes(100_000)).count == 256)
    }
}
