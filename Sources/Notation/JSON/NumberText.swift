/// A JSON number read where it stands, so that two of them can be compared exactly and without allocating.
///
/// The value is `0.d₁d₂… × 10^(scale + 1)` where d₁ is the first digit that is not zero.
package struct NumberText: ~Escapable {
    private let text: Span<UInt8>
    // The first digit that is not zero, and the end of the digits.
    private let first: Int
    private let end: Int
    /// The power of ten of the first digit that is not zero; exponents beyond a thousand million count as that.
    package let scale: Int
    /// Whether the value is less than zero.
    package let isNegative: Bool

    private static let greatestExponent = 1_000_000_000

    /// Whether the value is zero.
    package var isZero: Bool { first == end }

    /// Takes a number as the JSON grammar writes it.
    @_lifetime(copy text)
    package init(_ text: Span<UInt8>) {
        let hasSign = text.count > 0 && text[0] == UInt8(ascii: "-")
        let start = hasSign ? 1 : 0
        var end = start
        var point = -1
        var first = -1
        while end < text.count, text[end] | 0x20 != UInt8(ascii: "e") {
            if text[end] == UInt8(ascii: ".") {
                point = end
            } else if first < 0, text[end] != UInt8(ascii: "0") {
                first = end
            }
            end &+= 1
        }
        self.text = text
        self.end = end
        self.first = first < 0 ? end : first
        isNegative = hasSign && first >= 0
        if point < 0 { point = end }
        // Before the point the units digit has the power 0; after it, the digit next to the point has -1.
        let power = first < point ? point &- first &- 1 : point &- first
        scale = first < 0 ? 0 : power &+ Self.exponent(in: text, from: end)
    }

    /// Compares two values.
    ///
    /// - Returns: A negative number, zero or a positive one, as the left value is less, equal or greater.
    package static func compare(_ left: NumberText, _ right: NumberText) -> Int {
        if left.isZero || right.isZero { return left.sign &- right.sign }
        if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
        let magnitude = compareMagnitudes(left, right)
        return left.isNegative ? -magnitude : magnitude
    }

    /// The value times a power of ten as an integer.
    ///
    /// - Parameter power: The power of ten, not negative.
    /// - Returns: The integer rounded towards zero and whether nothing was lost; `nil` when it needs more than 63 bits.
    package func scaled(byPowerOfTen power: Int) -> (value: Int64, isExact: Bool)? {
        let count = scale &+ power &+ 1
        guard count <= 19 else { return nil }
        var position = first
        var value: Int64 = 0
        for _ in 0..<max(count, 0) {
            let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) = product.addingReportingOverflow(Int64(nextDigit(&position)))
            guard !productOverflows, !sumOverflows else { return nil }
            value = sum
        }
        var isExact = true
        while position < end { if nextDigit(&position) != 0 { isExact = false } }
        return (isNegative ? -value : value, isExact)
    }

    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    private static func compareMagnitudes(_ left: NumberText, _ right: NumberText) -> Int {
        if left.scale != right.scale { return left.scale < right.scale ? -1 : 1 }
        var (leftPosition, rightPosition) = (left.first, right.first)
        while leftPosition < left.end || rightPosition < right.end {
            let leftDigit = left.nextDigit(&leftPosition)
            let rightDigit = right.nextDigit(&rightPosition)
            if leftDigit != rightDigit { return leftDigit < rightDigit ? -1 : 1 }
        }
        return 0
    }

    // The digit at a position, which moves on, past the point too; 0 after the last one.
    private func nextDigit(_ position: inout Int) -> UInt8 {
        if position < end, text[position] == UInt8(ascii: ".") { position &+= 1 }
        guard position < end else { return 0 }
        defer { position &+= 1 }
        return text[position] &- UInt8(ascii: "0")
    }

    private static func exponent(in text: Span<UInt8>, from mark: Int) -> Int {
        var position = mark &+ 1
        guard position < text.count else { return 0 }
        let isNegative = text[position] == UInt8(ascii: "-")
        if isNegative || text[position] == UInt8(ascii: "+") { position &+= 1 }
        var value = 0
        while position < text.count {
            value = min(value &* 10 &+ Int(text[position] &- UInt8(ascii: "0")), greatestExponent)
            position &+= 1
        }
        return isNegative ? -value : value
    }
}
