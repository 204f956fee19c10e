/// A set of Unicode scalar values: bits for ASCII, ranges in order for the rest.
struct ScalarClass: Sendable {
    // Bit n of the pair is the scalar n.
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var ranges: [ClosedRange<UInt32>] = []
    // Whether everything else is meant.
    private(set) var isInverted = false

    /// Whether a scalar value is in the set.
    func contains(_ scalar: UInt32) -> Bool {
        let isListed: Bool
        if scalar < 64 {
            isListed = low >> UInt64(scalar) & 1 == 1
        } else if scalar < 128 {
            isListed = high >> UInt64(scalar - 64) & 1 == 1
        } else {
            isListed = ranges.contains { $0.contains(scalar) }
        }
        return isListed != isInverted
    }

    /// Adds the values of a range.
    mutating func insert(_ range: ClosedRange<UInt32>) {
        if range.lowerBound < 128 {
            for scalar in range.lowerBound...min(range.upperBound, 127) { insertASCII(scalar) }
        }
        if range.upperBound >= 128 { ranges.append(max(range.lowerBound, 128)...range.upperBound) }
    }

    /// Adds what another set holds, which must not be inverted, or all ASCII it does not hold and everything beyond.
    mutating func insert(_ other: ScalarClass, inverted: Bool = false) {
        guard inverted else {
            low |= other.low
            high |= other.high
            ranges += other.ranges
            return
        }
        low |= ~other.low
        high |= ~other.high
        // The sets that escapes stand for are ASCII, so everything beyond it is in their opposite.
        ranges.append(128...0x10FFFF)
    }

    /// Adds the other case of every ASCII letter in the set.
    mutating func foldASCIICase() {
        // `A` is bit 1 and `a` bit 33 of the upper half.
        let letters: UInt64 = 0x07FF_FFFE
        let upper = high & letters
        let lower = high >> 32 & letters
        high |= upper << 32 | lower
    }

    /// Turns the set into its opposite.
    mutating func invert() { isInverted.toggle() }

    private mutating func insertASCII(_ scalar: UInt32) {
        if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
    }

    /// `0` to `9`.
    static let digits = ScalarClass(["0"..."9"])
    /// ASCII letters, digits and `_`.
    static let word = ScalarClass(["0"..."9", "A"..."Z", "a"..."z", "_"..."_"])
    /// Blank, tab, line feed, form feed and carriage return, as RE2 has it.
    static let space = ScalarClass([" "..." ", "\t"..."\n", "\u{0C}"..."\r"])
    /// Everything but the line feed.
    static let notLineFeed: ScalarClass = {
        var set = ScalarClass(["\n"..."\n"])
        set.invert()
        return set
    }()

    private init(_ ranges: [ClosedRange<Unicode.Scalar>]) {
        for range in ranges { insert(range.lowerBound.value...range.upperBound.value) }
    }

    /// No values.
    init() {}
}
