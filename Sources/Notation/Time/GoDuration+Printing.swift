extension GoDuration: CustomStringConvertible {
    /// The duration the way Go prints it: `1h0m0s`, `3h25m19s`, `1.5s`, `300ms`, `0s`.
    package var description: String {
        var output: [UInt8] = []
        append(to: &output)
        return String(validated: output)
    }

    /// Appends ``description``.
    package func append(to output: inout [UInt8]) {
        if nanoseconds < 0 { output.append(UInt8(ascii: "-")) }
        let magnitude = nanoseconds.magnitude
        switch magnitude {
        case 0: output.append(literal: "0s")
        case ..<1_000: Self.append(magnitude, per: 1, unit: "ns", to: &output)
        case ..<1_000_000: Self.append(magnitude, per: 1_000, unit: "\u{B5}s", to: &output)
        case ..<1_000_000_000: Self.append(magnitude, per: 1_000_000, unit: "ms", to: &output)
        default: Self.appendClock(magnitude, to: &output)
        }
    }

    private static func appendClock(_ magnitude: UInt64, to output: inout [UInt8]) {
        let minute: UInt64 = 60_000_000_000
        let hour = 60 * minute
        if magnitude >= hour { append(magnitude / hour * hour, per: hour, unit: "h", to: &output) }
        if magnitude >= minute { append(magnitude % hour / minute * minute, per: minute, unit: "m", to: &output) }
        append(magnitude % minute, per: 1_000_000_000, unit: "s", to: &output)
    }

    // Writes the fraction without zeros at its end. Minutes and hours come without a fraction.
    private static func append(_ magnitude: UInt64, per unitSize: UInt64, unit: String, to output: inout [UInt8]) {
        output.append(decimal: Int64(clamping: magnitude / unitSize))
        var fraction = magnitude % unitSize
        var scale = unitSize
        if fraction > 0 { output.append(UInt8(ascii: ".")) }
        while fraction > 0, scale >= 10 {
            scale /= 10
            output.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: fraction / scale))
            fraction %= scale
        }
        output.append(utf8: unit)
    }
}
