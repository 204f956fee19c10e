import Notation

/// Instants as conditions and attributes write them: RFC 3339, or seconds since 1970 with or without a fraction.
enum InstantText {
    /// Reads a text in RFC 3339 form.
    static func instant(text: Span<UInt8>) -> Timestamp? { Timestamp(parsing: text) }

    /// Reads a number of seconds; a fraction counts to the nanosecond, and then the years are 1677 to 2262.
    static func instant(number: Span<UInt8>) -> Timestamp? {
        let number = NumberText(number)
        if let seconds = number.scaled(byPowerOfTen: 0), seconds.isExact { return Timestamp(seconds: seconds.value) }
        return number.scaled(byPowerOfTen: 9).map { Timestamp(nanosecondsSinceEpoch: $0.value) }
    }
}
