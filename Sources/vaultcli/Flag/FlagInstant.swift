internal import Notation

/// A point in time on the command line.
enum FlagInstant {
    /// What can be given, for helps and errors.
    static let forms = "a time in RFC 3339 form, a date (its first moment in UTC), or from now as in +2h or +30d"

    /// Reads a time.
    ///
    /// - Parameters:
    ///   - text: RFC 3339, `2027-01-31`, or a span behind a plus or minus sign, which counts from now.
    ///   - flag: the flag's name, for errors.
    ///   - now: the present time.
    /// - Returns: the time in RFC 3339 form; a span from now ends with a whole second, never earlier than it says.
    /// - Throws: ``Failure`` with status 1 for anything else.
    static func parse(_ text: String, flag: String, now: Timestamp) throws(Failure) -> String {
        if let sign = text.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            guard text.utf8.count > 1, let span = GoDuration(text) else { throw refusal(flag) }
            let time = now.adding(Notation.GoDuration(nanoseconds: span.nanoseconds))
            guard time.nanoseconds > 0 else { return time.description }
            return Timestamp(seconds: time.seconds).adding(Notation.GoDuration(nanoseconds: 1_000_000_000)).description
        }
        let isDate = text.utf8.count == 10
        let full = isDate ? text + "T00:00:00Z" : text
        guard Timestamp(parsing: full) != nil else { throw refusal(flag) }
        return full
    }

    private static func refusal(_ flag: String) -> Failure {
        .usage("-\(flag) must be \(forms)")
    }
}
