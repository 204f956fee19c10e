/// Arithmetic in GF(2^8) with the polynomial x^8 + x^4 + x^3 + x + 1, in constant time.
///
/// No tables and no branches: which memory is read and which instructions run does not depend on the operands, so
/// neither the cache nor the clock tells anything about a secret.
enum GaloisField {
    /// The product. Addition is exclusive or.
    @inline(__always)
    static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        // From the highest bit of `right` down: double the result, reduce it if a bit fell out, add `left` if the bit
        // is set. "If" is a mask of all ones or zeros.
        var result: UInt8 = 0
        var bit: UInt8 = 8
        while bit > 0 {
            bit &-= 1
            let take = 0 &- (right &>> bit & 1)
            let reduce = 0 &- (result &>> 7)
            result = (take & left) ^ (reduce & 0x1B) ^ (result &<< 1)
        }
        return result
    }

    /// The multiplicative inverse, `value^254`, by a fixed chain of multiplications; 0 for 0.
    static func inverse(_ value: UInt8) -> UInt8 {
        let power2 = multiply(value, value)
        let power3 = multiply(power2, value)
        let power6 = multiply(power3, power3)
        let power12 = multiply(power6, power6)
        let power15 = multiply(power12, power3)
        let power24 = multiply(power12, power12)
        let power48 = multiply(power24, power24)
        let power63 = multiply(power48, power15)
        let power126 = multiply(power63, power63)
        let power127 = multiply(power126, value)
        return multiply(power127, power127)
    }

    /// The quotient; 0 for division by 0, which callers exclude.
    static func divide(_ numerator: UInt8, _ denominator: UInt8) -> UInt8 {
        multiply(numerator, inverse(denominator))
    }
}
