package import Notation

/// Times to live are counted in whole seconds everywhere in Vault's API.
extension Timestamp {
    /// The time some seconds later; far away it stops at the latest time there is.
    package func adding(seconds: Int) -> Timestamp {
        guard let duration = GoDuration(seconds: seconds) else { return seconds < 0 ? .earliest : .latest }
        return adding(duration)
    }

    /// The seconds that have passed since an earlier time, rounded up.
    package func secondsRoundedUp(since earlier: Timestamp) -> Int {
        let passed = since(earlier)
        let whole = passed.wholeSeconds
        let isExact = passed.nanoseconds == whole * 1_000_000_000
        return Int(clamping: isExact || passed.isNegative ? whole : whole + 1)
    }
}
