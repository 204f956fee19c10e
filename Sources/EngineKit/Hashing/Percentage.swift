package import Notation

/// Shares of all, counted in thousandths of a percent: 100,000 is everyone.
package enum Percentage {
    /// Everyone.
    package static let whole = 100_000
    /// What a percentage must be, for messages.
    package static let rule = "must be a number from 0 to 100 with at most three decimals"

    /// Reads a percentage such as `12.5` into thousandths, exactly.
    package static func read(_ field: ModelField) throws(ModelError) -> Int {
        guard case .number(let text) = field.json, let value = thousandths(of: text) else {
            throw field.failure(rule)
        }
        return value
    }

    /// Thousandths as a percentage: 12,500 is `12.5`.
    package static func json(_ thousandths: Int) -> JSON {
        let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1_000)
        guard rest != 0 else { return .integer(whole) }
        var decimals = Array(String(rest + 1_000).utf8.dropFirst())
        while decimals.last == UInt8(ascii: "0") { decimals.removeLast() }
        return .number("\(whole)." + String(decoding: decimals, as: UTF8.self))
    }

    /// Thousandths as the text of a percentage.
    package static func text(_ thousandths: Int) -> String {
        if case .number(let text) = json(thousandths) { text } else { "" }
    }

    private static func thousandths(of text: String) -> Int? {
        text.withUTF8Bytes { bytes in
            let scaled = NumberText(bytes).scaled(byPowerOfTen: 3)
            guard let scaled, scaled.isExact, (0...Int64(whole)).contains(scaled.value) else { return nil }
            return Int(scaled.value)
        }
    }
}
