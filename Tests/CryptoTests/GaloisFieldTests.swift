import Testing

@testable import VaultCrypto

@Suite struct GaloisFieldTests {
    /// Multiplication as in a textbook: shift, add, and reduce by 0x11b at the end.
    private func referenceProduct(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product = 0
        for bit in 0..<8 where right >> UInt8(bit) & 1 == 1 { product ^= Int(left) << bit }
        for bit in stride(from: 14, through: 8, by: -1) where product >> bit & 1 == 1 { product ^= 0x11B << (bit - 8) }
        return UInt8(product)
    }

    @Test(arguments: ShamirVectors.products)
    func productsMatchTheVectors(left: UInt8, right: UInt8, product: UInt8) {
        #expect(GaloisField.multiply(left, right) == product)
        #expect(GaloisField.multiply(right, left) == product)
    }

    @Test func everyProductMatchesTheDefinition() {
        var mismatches = 0
        for left in UInt8.min...UInt8.max {
            for right in UInt8.min...UInt8.max where GaloisField.multiply(left, right) != referenceProduct(left, right)
            {
                mismatches += 1
            }
        }
        #expect(mismatches == 0)
    }

    @Test func inversesMatchTheVectorsAndTheDefinition() {
        #expect(GaloisField.inverse(0x53) == 0xCA)
        #expect(GaloisField.inverse(0x02) == 0x8D)
        #expect(GaloisField.inverse(0xFF) == 0x1C)
        #expect(GaloisField.inverse(0) == 0)
        for value in UInt8(1)...255 {
            #expect(GaloisField.multiply(value, GaloisField.inverse(value)) == 1)
        }
    }

    @Test func quotientsMatchTheVectors() {
        #expect(GaloisField.divide(0x09, 0x07) == 0x03)
        #expect(GaloisField.divide(0x06, 0x03) == 0x02)
        #expect(GaloisField.divide(0x06, 0x00) == 0x00)
    }
}
