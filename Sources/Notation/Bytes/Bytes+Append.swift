extension [UInt8] {
    /// Appends the bytes of a span with one copy.
    package mutating func append(_ bytes: Span<UInt8>) {
        // The pointer lives for the call only, and the array copies what it points at.
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of a string with one copy.
    package mutating func append(utf8 text: String) {
        text.withUTF8Bytes { append($0) }
    }

    /// Appends the UTF-8 of a literal with one copy.
    package mutating func append(literal: StaticString) {
        guard literal.hasPointerRepresentation else {
            append(contentsOf: String(literal.unicodeScalar).utf8)
            return
        }
        // A static string's bytes never move or end, and its count is the compiler's own.
        unsafe append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends an integer in decimal digits.
    package mutating func append(decimal value: Int64) {
        append(decimal: value, minimumDigits: 1)
    }

    /// Appends an integer in decimal digits, filled with zeros on the left.
    ///
    /// - Parameters:
    ///   - value: The integer; a negative one gets a minus sign before the digits.
    ///   - minimumDigits: The least count of digits, at most 20.
    package mutating func append(decimal value: Int64, minimumDigits: Int) {
        var digits: InlineArray<20, UInt8> = .init(repeating: UInt8(ascii: "0"))
        var start = 20
        var rest = value.magnitude
        while rest > 0, start > 0 {
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        start = Swift.min(start, 20 - Swift.min(Swift.max(minimumDigits, 1), 20))
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digits.span.extracting(start..<20))
    }

    /// Makes room for a count of further bytes times a factor; a product that overflows reserves nothing.
    mutating func reserveAdditional(_ more: Int, times factor: Int = 1) {
        let (product, productOverflows) = more.multipliedReportingOverflow(by: factor)
        let (total, totalOverflows) = count.addingReportingOverflow(product)
        guard !productOverflows, !totalOverflows, total > capacity else { return }
        // Doubling keeps repeated small appends from copying the whole array each time.
        reserveCapacity(Swift.max(total, capacity > Int.max / 2 ? total : capacity * 2))
    }
}
