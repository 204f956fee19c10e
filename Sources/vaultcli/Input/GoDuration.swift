internal import ArgumentParser

/// A span of time in the notation of Go and Vault: `90`, `30s`, `1h30m`, `1.5h`, `3d`.
struct GoDuration: Sendable, Equatable {
    /// The span in nanoseconds.
    let nanoseconds: Int64

    /// Makes a span of whole seconds.
    ///
    /// - Parameter seconds: the seconds; beyond 292 years they are cut off.
    init(seconds: Int) {
        let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Reads a span.
    ///
    /// - Parameter text: a number of seconds, or numbers with units; a leading sign is allowed.
    init?(_ text: String) {
        var bytes = text.utf8[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        guard !bytes.isEmpty else { return nil }
        if let seconds = Int64(String(decoding: bytes, as: UTF8.self)), bytes.first != UInt8(ascii: "-") {
            let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            guard !overflow else { return nil }
            nanoseconds = isNegative ? -product : product
            return
        }
        var total: Double = 0
        while !bytes.isEmpty {
            let number = bytes.prefix { ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }
            bytes = bytes.dropFirst(number.count)
            let unit = bytes.prefix { !(($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".")) }
            bytes = bytes.dropFirst(unit.count)
            guard let value = Double(String(decoding: number, as: UTF8.self)),
                let scale = Self.units[String(decoding: unit, as: UTF8.self)]
            else { return nil }
            total += value * scale
        }
        guard let nanoseconds = Int64(exactly: total.rounded()) else { return nil }
        self.nanoseconds = isNegative ? -nanoseconds : nanoseconds
    }

    private static let units: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9, "d": 86_400e9,
    ]

    /// Whole seconds, rounded towards zero.
    var seconds: Int64 {
        nanoseconds / 1_000_000_000
    }

    /// The span as Go prints it, for example `1h0m0s`.
    var text: String {
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        switch magnitude {
        case 0: return "0s"
        case ..<1_000: return "\(sign)\(magnitude)ns"
        case ..<1_000_000: return sign + Self.decimal(magnitude, per: 1_000) + "µs"
        case ..<1_000_000_000: return sign + Self.decimal(magnitude, per: 1_000_000) + "ms"
        default: break
        }
        let minutes = magnitude / 60_000_000_000
        let rest = Self.decimal(magnitude % 60_000_000_000, per: 1_000_000_000) + "s"
        if minutes == 0 { return sign + rest }
        if minutes < 60 { return "\(sign)\(minutes)m\(rest)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(rest)"
    }

    /// The span for people: ``text`` without trailing zero parts, for example `1h`.
    var humanText: String {
        var bytes = Array(text.utf8)
        if bytes.count > 3, bytes.suffix(3).elementsEqual("m0s".utf8) { bytes.removeLast(2) }
        if bytes.count > 3, bytes.suffix(3).elementsEqual("h0m".utf8) { bytes.removeLast(2) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A quotient with the digits it needs after the point.
    private static func decimal(_ value: UInt64, per scale: UInt64) -> String {
        var fraction = Array(String(scale + value % scale).utf8.dropFirst())
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        return fraction.isEmpty ? "\(value / scale)" : "\(value / scale)." + String(decoding: fraction, as: UTF8.self)
    }
}

extension GoDuration: ExpressibleByArgument {
    /// Reads a span from the command line.
    ///
    /// - Parameter argument: the flag's value.
    init?(argument: String) {
        self.init(argument)
    }

    /// The span as help texts show it.
    var defaultValueDescription: String { text }
}
