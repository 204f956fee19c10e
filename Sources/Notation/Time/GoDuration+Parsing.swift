/// Why a text is no duration. It never carries the text.
package enum GoDurationError: Error, Hashable, Sendable {
    /// The text does not follow the grammar.
    case malformed
    /// The text names a unit that does not exist, or none where one is needed.
    case unknownUnit
    /// The duration is longer than about 292 years.
    case outOfRange
}

extension GoDurationError: CustomStringConvertible {
    /// A sentence part for a message that names the field.
    package var description: String {
        switch self {
        case .malformed: "not a duration"
        case .unknownUnit: "missing or unknown unit in duration"
        case .outOfRange: "duration out of range"
        }
    }
}

extension GoDuration {
    /// Reads a duration in any of the forms Vault accepts.
    ///
    /// These are whole seconds (`60`, `-1`), whole days (`30d`), and Go's own form: an optional sign, then numbers
    /// with an optional fraction and one of the units `ns`, `us`, `µs`, `ms`, `s`, `m` and `h` each (`1h30m`, `1.5h`).
    /// The empty text is zero. Whether negative durations make sense is for the caller to say.
    ///
    /// - Parameter text: The text as UTF-8.
    /// - Throws: ``GoDurationError``.
    package init(parsing text: Span<UInt8>) throws(GoDurationError) {
        guard !text.isEmpty else {
            self = .zero
            return
        }
        var reader = DurationReader(text)
        self = try reader.read()
    }

    /// Reads a duration from a string in any of the forms Vault accepts.
    ///
    /// - Throws: ``GoDurationError``.
    package init(parsing text: String) throws(GoDurationError) {
        self = try text.withUTF8Bytes { bytes throws(GoDurationError) in
            try GoDuration(parsing: bytes)
        }
    }
}

private struct DurationReader: ~Escapable {
    private static let nanosecondsPerSecond: UInt64 = 1_000_000_000
    private static let nanosecondsPerDay: UInt64 = 86_400 * nanosecondsPerSecond
    // Up to this many digits of a fraction fit a UInt64 as a power of ten; more cannot change a nanosecond.
    private static let usedFractionDigits = 18

    private let text: Span<UInt8>
    private var position = 0
    private var magnitude: UInt64 = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) {
        self.text = text
    }

    mutating func read() throws(GoDurationError) -> GoDuration {
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative || text[0] == UInt8(ascii: "+") { position = 1 }
        guard position < text.count else { throw .malformed }
        if try !readWholeNumberForm() {
            while position < text.count { try readTerm() }
        }
        return try signed(isNegative)
    }

    // Seconds without a unit, and days.
    private mutating func readWholeNumberForm() throws(GoDurationError) -> Bool {
        var end = position
        while end < text.count, isDigit(text[end]) { end &+= 1 }
        guard end > position else { return false }
        if end == text.count {
            try add(try readDigits(), times: Self.nanosecondsPerSecond)
            return true
        }
        guard end &+ 1 == text.count, text[end] == UInt8(ascii: "d") else { return false }
        try add(try readDigits(), times: Self.nanosecondsPerDay)
        return true
    }

    private mutating func readTerm() throws(GoDurationError) {
        let hasWhole = position < text.count && isDigit(text[position])
        let whole = try readDigits()
        var fraction: UInt64 = 0
        var scale: UInt64 = 1
        var hasFraction = false
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position &+= 1
            hasFraction = position < text.count && isDigit(text[position])
            (fraction, scale) = readFraction()
        }
        guard hasWhole || hasFraction else { throw .malformed }
        let unit = try readUnit()
        try add(whole, times: unit)
        // The fraction is less than its scale, so the quotient is less than the unit and fits.
        let product = fraction.multipliedFullWidth(by: unit)
        try add(scale.dividingFullWidth(product).quotient, times: 1)
    }

    private mutating func readDigits() throws(GoDurationError) -> UInt64 {
        var value: UInt64 = 0
        while position < text.count, isDigit(text[position]) {
            let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
            let digit = UInt64(text[position] &- UInt8(ascii: "0"))
            let (sum, sumOverflows) = product.addingReportingOverflow(digit)
            guard !productOverflows, !sumOverflows else { throw .outOfRange }
            value = sum
            position &+= 1
        }
        return value
    }

    private mutating func readFraction() -> (value: UInt64, scale: UInt64) {
        var value: UInt64 = 0
        var scale: UInt64 = 1
        var count = 0
        while position < text.count, isDigit(text[position]) {
            if count < Self.usedFractionDigits {
                value = value * 10 + UInt64(text[position] &- UInt8(ascii: "0"))
                scale *= 10
                count += 1
            }
            position &+= 1
        }
        return (value, scale)
    }

    private mutating func readUnit() throws(GoDurationError) -> UInt64 {
        let start = position
        while position < text.count, !isDigit(text[position]), text[position] != UInt8(ascii: ".") { position &+= 1 }
        let unit = text.extracting(start..<position)
        for known in Self.units where unit.bytesEqual(to: known.name) { return known.nanoseconds }
        throw .unknownUnit
    }

    // Both the micro sign (U+00B5) and the Greek letter (U+03BC) are in use.
    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("s", nanosecondsPerSecond), ("m", 60 * nanosecondsPerSecond), ("h", 3_600 * nanosecondsPerSecond),
        ("ms", 1_000_000), ("us", 1_000), ("\u{B5}s", 1_000), ("\u{3BC}s", 1_000), ("ns", 1),
    ]

    private mutating func add(_ count: UInt64, times unit: UInt64) throws(GoDurationError) {
        let (product, productOverflows) = count.multipliedReportingOverflow(by: unit)
        let (sum, sumOverflows) = magnitude.addingReportingOverflow(product)
        guard !productOverflows, !sumOverflows else { throw .outOfRange }
        magnitude = sum
    }

    private func signed(_ isNegative: Bool) throws(GoDurationError) -> GoDuration {
        if isNegative, magnitude == Int64.min.magnitude { return .min }
        guard let positive = Int64(exactly: magnitude) else { throw .outOfRange }
        return GoDuration(nanoseconds: isNegative ? -positive : positive)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
