extension Timestamp: CustomStringConvertible {
    /// The instant in RFC 3339 form the way Go's `RFC3339Nano` writes it, in UTC: `2026-01-02T03:04:05.123456789Z`
    /// without the zeros at the end of the fraction, and without the fraction when it is zero.
    package var description: String {
        var output: [UInt8] = []
        append(to: &output)
        return String(validated: output)
    }

    /// Appends ``description``. Years outside 0 to 9999 get a sign or more digits.
    package func append(to output: inout [UInt8]) {
        let days = CivilDate.floorDivide(seconds, by: 86_400)
        let date = CivilDate(daysSinceEpoch: days)
        // At the lower end the product alone does not fit; the difference does.
        let secondOfDay = seconds &- days &* 86_400
        output.reserveAdditional(35)
        output.append(decimal: date.year, minimumDigits: 4)
        output.append(UInt8(ascii: "-"))
        output.append(twoDigits: date.month)
        output.append(UInt8(ascii: "-"))
        output.append(twoDigits: date.day)
        output.append(UInt8(ascii: "T"))
        output.append(twoDigits: secondOfDay / 3_600)
        output.append(UInt8(ascii: ":"))
        output.append(twoDigits: secondOfDay / 60 % 60)
        output.append(UInt8(ascii: ":"))
        output.append(twoDigits: secondOfDay % 60)
        output.append(fractionOf: nanoseconds)
        output.append(UInt8(ascii: "Z"))
    }

    /// Reads an instant in RFC 3339 form with any offset from UTC.
    ///
    /// - Parameter text: The text as UTF-8. Digits of the fraction after the ninth are dropped.
    /// - Returns: `nil` when the text does not follow RFC 3339 section 5.6 or names a day or time that does not exist;
    ///   leap seconds (`:60`) are among those.
    package init?(parsing text: Span<UInt8>) {
        var reader = RFC3339Reader(text)
        guard let instant = reader.read() else { return nil }
        self = instant
    }

    /// Reads an instant in RFC 3339 form from a string; see the form that takes a span.
    package init?(parsing text: String) {
        guard let instant = text.withUTF8Bytes({ Timestamp(parsing: $0) }) else { return nil }
        self = instant
    }
}

extension [UInt8] {
    fileprivate mutating func append(twoDigits value: Int64) {
        append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10))
        append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
    }

    fileprivate mutating func append(fractionOf nanoseconds: Int32) {
        guard nanoseconds > 0 else { return }
        append(UInt8(ascii: "."))
        var rest = nanoseconds
        var scale: Int32 = 100_000_000
        while rest > 0, scale > 0 {
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / scale))
            rest %= scale
            scale /= 10
        }
    }
}

private struct RFC3339Reader: ~Escapable {
    private let text: Span<UInt8>
    private var position = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) {
        self.text = text
    }

    mutating func read() -> Timestamp? {
        guard let year = readNumber(digits: 4), skip("-"), let month = readNumber(digits: 2), skip("-"),
            let day = readNumber(digits: 2), let date = CivilDate(year: year, month: month, day: day),
            skip("T") || skip("t"), let time = readTimeOfDay(), let nanoseconds = readFraction(),
            let offset = readOffset(), position == text.count
        else { return nil }
        return Timestamp(seconds: date.daysSinceEpoch * 86_400 + time - offset, nanoseconds: nanoseconds)
    }

    private mutating func readTimeOfDay() -> Int64? {
        guard let hour = readNumber(digits: 2), hour < 24, skip(":"), let minute = readNumber(digits: 2), minute < 60,
            skip(":"), let second = readNumber(digits: 2), second < 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    private mutating func readFraction() -> Int32? {
        guard skip(".") else { return 0 }
        var value: Int32 = 0
        var scale: Int32 = 100_000_000
        let start = position
        while position < text.count, let digit = digit(at: position) {
            value += Int32(digit) * scale
            scale /= 10
            position &+= 1
        }
        return position > start ? value : nil
    }

    // Seconds east of UTC.
    private mutating func readOffset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+"), let hour = readNumber(digits: 2), hour < 24, skip(":"),
            let minute = readNumber(digits: 2), minute < 60
        else { return nil }
        return (hour * 3_600 + minute * 60) * (isWest ? -1 : 1)
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: scalar) else { return false }
        position &+= 1
        return true
    }

    private mutating func readNumber(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit(at: position) else { return nil }
            value = value * 10 + Int64(digit)
            position &+= 1
        }
        return value
    }

    private func digit(at position: Int) -> UInt8? {
        guard position < text.count else { return nil }
        let value = text[position] &- UInt8(ascii: "0")
        return value < 10 ? value : nil
    }
}
