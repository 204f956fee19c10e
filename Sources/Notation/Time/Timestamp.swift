import Glibc
// Depending on which C module the compiler loads first, this one owns the members of `timespec`.
import SwiftOverlayShims

/// An instant of wall-clock time, to the nanosecond.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// The whole seconds since 1970-01-01T00:00:00Z without leap seconds, rounded down.
    package let seconds: Int64
    /// The nanoseconds after the whole second, 0 to 999,999,999.
    package let nanoseconds: Int32

    private static let nanosecondsPerSecond: Int64 = 1_000_000_000

    /// 1970-01-01T00:00:00Z.
    package static let epoch = Timestamp(seconds: 0)
    /// 0001-01-01T00:00:00Z, which Go prints for a time that was never set.
    package static let unset = Timestamp(seconds: -62_135_596_800)
    /// The earliest instant that can be held.
    package static let earliest = Timestamp(seconds: .min)
    /// The latest instant that can be held.
    package static let latest = Timestamp(seconds: .max, nanoseconds: 999_999_999)

    /// Makes an instant.
    ///
    /// - Parameters:
    ///   - seconds: Whole seconds since 1970.
    ///   - nanoseconds: Nanoseconds after it; held within 0 to 999,999,999.
    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
    }

    /// Makes an instant from nanoseconds since 1970, negative before.
    package init(nanosecondsSinceEpoch: Int64) {
        let seconds = CivilDate.floorDivide(nanosecondsSinceEpoch, by: Self.nanosecondsPerSecond)
        // The subtrahend is at most one second below the value, so at the lower end only the wrapped form is safe.
        let rest = nanosecondsSinceEpoch &- seconds &* Self.nanosecondsPerSecond
        self.init(seconds: seconds, nanoseconds: Int32(truncatingIfNeeded: rest))
    }

    /// The time on the machine's clock.
    package static func now() -> Timestamp {
        var time = timespec()
        // The structure is ours and outlives the call. The call cannot fail for this clock; the value would be 1970.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(truncatingIfNeeded: time.tv_nsec))
    }

    /// The nanoseconds since 1970, held to what 64 bits can express (the years 1677 to 2262).
    package var nanosecondsSinceEpoch: Int64 {
        // Before 1970 the seconds are rounded down, so counting back from the next one keeps the product in range.
        let isBefore = seconds < 0
        let whole = GoDuration(seconds: isBefore ? seconds + 1 : seconds)
        guard let whole else { return isBefore ? .min : .max }
        let rest = Int64(nanoseconds) - (isBefore ? Self.nanosecondsPerSecond : 0)
        return (whole + GoDuration(nanoseconds: rest)).nanoseconds
    }

    /// Whether the first instant is before the second.
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// The instant a duration later, held within ``earliest`` and ``latest``.
    package func adding(_ duration: GoDuration) -> Timestamp {
        let whole = CivilDate.floorDivide(duration.nanoseconds, by: Self.nanosecondsPerSecond)
        let rest = duration.nanoseconds &- whole &* Self.nanosecondsPerSecond + Int64(nanoseconds)
        let carry: Int64 = rest >= Self.nanosecondsPerSecond ? 1 : 0
        let (sum, overflows) = seconds.addingReportingOverflow(whole + carry)
        guard !overflows else { return whole < 0 ? .earliest : .latest }
        return Timestamp(
            seconds: sum, nanoseconds: Int32(truncatingIfNeeded: rest - carry * Self.nanosecondsPerSecond))
    }

    /// The duration from an earlier instant to this one, negative from a later one, held to about 292 years.
    package func since(_ other: Timestamp) -> GoDuration {
        let (difference, overflows) = seconds.subtractingReportingOverflow(other.seconds)
        guard !overflows, let whole = GoDuration(seconds: difference) else { return self < other ? .min : .max }
        return whole + GoDuration(nanoseconds: Int64(nanoseconds) - Int64(other.nanoseconds))
    }
}
