internal import ArgumentParser

/// A share of all, exact to the thousandth of a percent, which is what the API counts in.
struct Percent: Sendable {
    /// Everyone.
    static let whole = 100_000

    /// The share in thousandths of a percent, 0 to 100,000.
    let thousandths: Int

    /// Makes a share.
    ///
    /// - Parameter thousandths: thousandths of a percent, kept within 0 and 100,000.
    init(thousandths: Int) {
        self.thousandths = min(max(thousandths, 0), Self.whole)
    }

    /// Reads a share.
    ///
    /// - Parameter text: a number from 0 to 100 with at most three decimals, with or without a percent sign.
    init?(_ text: String) {
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: "%") { bytes.removeLast() }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count > 1 ? Array(parts[1]) : []
        guard let whole = parts.first, (1...3).contains(whole.count), decimals.count <= 3,
            parts.count == 1 || !decimals.isEmpty, (whole + decimals).allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 3 - decimals.count)
        // Six digits at most, so the number always fits.
        guard let thousandths = Int(String(decoding: whole + decimals + zeros, as: UTF8.self)),
            thousandths <= Self.whole
        else { return nil }
        self.thousandths = thousandths
    }

    /// The number of percent without a sign, for example `12.5`; a number in JSON too.
    var number: String {
        let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1_000)
        guard rest != 0 else { return String(whole) }
        var decimals = Array(String(rest + 1_000).utf8.dropFirst())
        while decimals.last == UInt8(ascii: "0") { decimals.removeLast() }
        return "\(whole)." + String(decoding: decimals, as: UTF8.self)
    }

    /// The share for people, for example `12.5%`.
    var text: String { number + "%" }
}

extension Percent: ExpressibleByArgument {
    /// Reads a share from the command line.
    ///
    /// - Parameter argument: the flag's value.
    init?(argument: String) {
        self.init(argument)
    }
}
