import Notation

extension SchemaRule {
    /// What a value should be, by a rule that looks at the value alone; `nil` when it is.
    func problem(with value: JSON) -> String? {
        switch self {
        case .types(let types):
            types.contains { value.isOf(type: $0) } ? nil : "must be \(types.joined(separator: " or "))"
        case .among(let values):
            values.contains { $0.isEquivalent(to: value) } ? nil : "must be one of the allowed values (enum)"
        case .equal(let expected): expected.isEquivalent(to: value) ? nil : "must be the one allowed value (const)"
        case .multiple(let divisor): Self.problem(value, multipleOf: divisor)
        case .bound(let bound, let kind): Self.problem(value, kind, bound)
        case .count(let counted, let allowed): Self.problem(value, counted, allowed)
        case .pattern(let pattern):
            value.stringValue.map { pattern.matches($0) } ?? true ? nil : "must match the pattern"
        case .format(let format):
            value.stringValue.map { format.isFormOf($0) } ?? true ? nil : "must be a \(format.rawValue)"
        default: nil
        }
    }

    private static func problem(_ value: JSON, multipleOf divisor: String) -> String? {
        guard case .number(let text) = value else { return nil }
        if let remainder = remainder(of: text, by: divisor) {
            return remainder == 0 ? nil : "must be a multiple of \(divisor)"
        }
        // Exact while both are integers after the same shift; what is beyond that is compared as floating point.
        for power in 0...18 {
            let whole = text.withUTF8Bytes { NumberText($0).scaled(byPowerOfTen: power) }
            let step = divisor.withUTF8Bytes { NumberText($0).scaled(byPowerOfTen: power) }
            guard let whole, let step else { break }
            if whole.isExact, step.isExact, step.value != 0 {
                return whole.value % step.value == 0 ? nil : "must be a multiple of \(divisor)"
            }
        }
        guard let number = Double(text), let step = Double(divisor), step > 0 else { return nil }
        return number.truncatingRemainder(dividingBy: step) == 0 ? nil : "must be a multiple of \(divisor)"
    }

    /// The remainder of an integer of any length by another one; `nil` when they are not written as such.
    private static func remainder(of text: String, by divisor: String) -> Int64? {
        guard let divisor = Int64(divisor), divisor > 0, divisor < Int64.max / 10 else { return nil }
        var digits = Array(text.utf8)[...]
        if digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { (remainder: Int64, digit) in (remainder * 10 + Int64(digit - 0x30)) % divisor }
    }

    private static func problem(_ value: JSON, _ kind: Bound, _ bound: String) -> String? {
        guard case .number(let text) = value else { return nil }
        let order = text.withUTF8Bytes { left in
            bound.withUTF8Bytes { right in NumberText.compare(NumberText(left), NumberText(right)) }
        }
        let isRight =
            switch kind {
            case .maximum: order <= 0
            case .minimum: order >= 0
            case .below: order < 0
            case .above: order > 0
            }
        return isRight ? nil : "\(kind.rawValue) \(bound)"
    }

    private static func problem(_ value: JSON, _ counted: Counted, _ allowed: ClosedRange<Int>) -> String? {
        let count: Int
        switch (counted, value) {
        case (.characters, .string(let text)): count = text.unicodeScalars.count
        case (.elements, .array(let elements)): count = elements.count
        case (.members, .object(let object)): count = object.members.count
        default: return nil
        }
        if count > allowed.upperBound { return "must have at most \(allowed.upperBound) \(counted.rawValue)" }
        return count < allowed.lowerBound ? "must have at least \(allowed.lowerBound) \(counted.rawValue)" : nil
    }
}

extension JSON {
    /// Whether the value is of a type; a number without a fraction is an integer, however it is written.
    fileprivate func isOf(type: String) -> Bool {
        switch (type, self) {
        case ("null", .null), ("boolean", .bool), ("object", .object), ("array", .array), ("number", .number),
            ("string", .string):
            true
        case ("integer", .number(let text)):
            text.withUTF8Bytes { bytes in
                let number = NumberText(bytes)
                // A number too large for the scale has no fraction that is written out.
                return number.scaled(byPowerOfTen: 0)?.isExact ?? (number.scale >= 18)
            }
        default: false
        }
    }
}
