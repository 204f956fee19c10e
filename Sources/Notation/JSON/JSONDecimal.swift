/// The exact value of a JSON number: a sign, digits without zeros at either end, and the power of ten of the last.
///
/// Zero has no digits, no sign and the exponent 0, so equal values have equal parts.
struct JSONDecimal: Equatable {
    private let isNegative: Bool
    private let digits: [UInt8]
    private let exponent: Int

    /// Reads a number's text.
    ///
    /// - Parameter text: A number as the JSON grammar writes it.
    /// - Returns: `nil` when the text is something else or the exponent does not fit an `Int`.
    init?(_ text: String) {
        guard let value = text.withUTF8Bytes({ JSONDecimal($0) }) else { return nil }
        self = value
    }

    private init?(_ bytes: Span<UInt8>) {
        var reader = JSONReader(bytes, limits: .number(of: bytes.count))
        guard let token = try? reader.next(), token.kind == .number, token.range == 0..<bytes.count else {
            // The reason does not matter: text that is no number has no value.
            return nil
        }
        var digits: [UInt8] = []
        var exponent = 0
        var position = bytes[0] == UInt8(ascii: "-") ? 1 : 0
        var isFraction = false
        while position < bytes.count, bytes[position] | 0x20 != UInt8(ascii: "e") {
            if bytes[position] == UInt8(ascii: ".") {
                isFraction = true
            } else {
                digits.append(bytes[position])
                if isFraction { exponent &-= 1 }
            }
            position &+= 1
        }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent &+= 1
        }
        digits.removeFirst(digits.prefix { $0 == UInt8(ascii: "0") }.count)
        if position < bytes.count, !digits.isEmpty {
            let written = Int(String(validated: bytes.extracting((position &+ 1)..<bytes.count)))
            guard let sum = written?.addingReportingOverflow(exponent), !sum.overflow else { return nil }
            exponent = sum.partialValue
        }
        self.isNegative = bytes[0] == UInt8(ascii: "-") && !digits.isEmpty
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : exponent
    }
}

extension JSONLimits {
    fileprivate static func number(of length: Int) -> JSONLimits { JSONLimits(maxNumberLength: length) }
}
