/// A span of time as Go's `time.Duration` has it: a signed count of nanoseconds, about 292 years either way.
///
/// Durations in Vault's API are read and printed the Go way, for example `1h30m` and `768h0m0s`.
package struct GoDuration: Hashable, Comparable, Sendable {
    /// The count of nanoseconds.
    package let nanoseconds: Int64

    /// No time at all.
    package static let zero = GoDuration(nanoseconds: 0)
    /// The longest duration, about 292 years.
    package static let max = GoDuration(nanoseconds: .max)
    /// The most negative duration, about 292 years.
    package static let min = GoDuration(nanoseconds: .min)

    /// Makes a duration from a count of nanoseconds.
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Makes a duration from a count of seconds, or `nil` when it is longer than about 292 years.
    package init?(seconds: some BinaryInteger) {
        guard let seconds = Int64(exactly: seconds) else { return nil }
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return nil }
        nanoseconds = product
    }

    /// Makes a duration from the standard library's, rounded towards zero and held within ``min`` and ``max``.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard let whole = GoDuration(seconds: seconds) else {
            self = seconds < 0 ? .min : .max
            return
        }
        self = whole + GoDuration(nanoseconds: attoseconds / 1_000_000_000)
    }

    /// The whole seconds, rounded towards zero.
    package var wholeSeconds: Int64 { nanoseconds / 1_000_000_000 }

    /// The whole seconds, but one for what is shorter than a second and longer than nothing: where times are kept in
    /// seconds, 0 stands for none.
    package var secondsNotNone: Int64 { nanoseconds > 0 && wholeSeconds == 0 ? 1 : wholeSeconds }

    /// Whether the duration is less than zero.
    package var isNegative: Bool { nanoseconds < 0 }

    /// Whether the first duration is less than the second.
    package static func < (left: GoDuration, right: GoDuration) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The sum, held within ``min`` and ``max``.
    package static func + (left: GoDuration, right: GoDuration) -> GoDuration {
        let (sum, overflows) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
        return overflows ? (right.isNegative ? .min : .max) : GoDuration(nanoseconds: sum)
    }

    /// The difference, held within ``min`` and ``max``.
    package static func - (left: GoDuration, right: GoDuration) -> GoDuration {
        let (difference, overflows) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        return overflows ? (right.isNegative ? .max : .min) : GoDuration(nanoseconds: difference)
    }

    /// The product, held within ``min`` and ``max``.
    package static func * (duration: GoDuration, factor: Int64) -> GoDuration {
        let (product, overflows) = duration.nanoseconds.multipliedReportingOverflow(by: factor)
        guard overflows else { return GoDuration(nanoseconds: product) }
        return duration.isNegative == (factor < 0) ? .max : .min
    }
}

extension Duration {
    /// Makes the standard library's duration of the same length.
    package init(_ duration: GoDuration) { self = .nanoseconds(duration.nanoseconds) }
}
