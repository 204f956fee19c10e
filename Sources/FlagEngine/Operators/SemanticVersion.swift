import Notation

/// A version by Semantic Versioning 2.0.0 (https://semver.org), read where it stands.
///
/// All three numbers are required and a leading `v` is refused, as the grammar has it. Numbers may have any length.
struct SemanticVersion: ~Escapable {
    private let text: Span<UInt8>
    private let core: InlineArray<3, Range<Int>>
    // Where the pre-release identifiers stand; empty without one.
    private let prerelease: Range<Int>

    /// Reads a version.
    ///
    /// - Returns: `nil` when the text does not follow the grammar.
    @_lifetime(copy text)
    init?(_ text: Span<UInt8>) {
        var core = InlineArray<3, Range<Int>>(repeating: 0..<0)
        var position = 0
        for index in 0..<3 {
            if index > 0 {
                guard position < text.count, text[position] == UInt8(ascii: ".") else { return nil }
                position &+= 1
            }
            let start = position
            while position < text.count, Self.isDigit(text[position]) { position &+= 1 }
            guard Self.isNumber(text, start..<position) else { return nil }
            core[index] = start..<position
        }
        let build = text.firstByteIndex(of: UInt8(ascii: "+"), from: position) ?? text.count
        var prerelease = position..<position
        if position < build {
            guard text[position] == UInt8(ascii: "-") else { return nil }
            prerelease = (position &+ 1)..<build
            guard Self.areIdentifiers(text, prerelease, areOrdered: true) else { return nil }
        }
        if build < text.count {
            guard Self.areIdentifiers(text, (build &+ 1)..<text.count, areOrdered: false) else { return nil }
        }
        self.text = text
        self.core = core
        self.prerelease = prerelease
    }

    /// Compares the precedence of two versions; build metadata does not count.
    ///
    /// - Returns: A negative number, zero or a positive one, as the left one comes before, with or after the right one.
    static func compare(_ left: SemanticVersion, _ right: SemanticVersion) -> Int {
        for index in 0..<3 {
            let order = compareNumbers(left.text, left.core[index], right.text, right.core[index])
            if order != 0 { return order }
        }
        switch (left.prerelease.isEmpty, right.prerelease.isEmpty) {
        case (true, true): return 0
        case (true, false): return 1
        case (false, true): return -1
        case (false, false): return comparePrereleases(left, right)
        }
    }

    private static func comparePrereleases(
        _ left: SemanticVersion, _ right: SemanticVersion
    ) -> Int {
        var (leftStart, rightStart) = (left.prerelease.lowerBound, right.prerelease.lowerBound)
        let (leftEnd, rightEnd) = (left.prerelease.upperBound, right.prerelease.upperBound)
        while leftStart < leftEnd, rightStart < rightEnd {
            let leftRange = leftStart..<identifierEnd(left.text, from: leftStart, limit: leftEnd)
            let rightRange = rightStart..<identifierEnd(right.text, from: rightStart, limit: rightEnd)
            let order = compareIdentifiers(left.text, leftRange, right.text, rightRange)
            if order != 0 { return order }
            leftStart = leftRange.upperBound &+ 1
            rightStart = rightRange.upperBound &+ 1
        }
        // All shared identifiers are equal: the longer list comes later.
        return (leftStart < leftEnd ? 1 : 0) &- (rightStart < rightEnd ? 1 : 0)
    }

    private static func compareIdentifiers(
        _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
    ) -> Int {
        switch (isAllDigits(left, leftRange), isAllDigits(right, rightRange)) {
        case (true, true): compareNumbers(left, leftRange, right, rightRange)
        case (true, false): -1
        case (false, true): 1
        case (false, false): compareBytes(left, leftRange, right, rightRange)
        }
    }

    // Numbers have no leading zeros, so the longer one is the greater.
    private static func compareNumbers(
        _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
    ) -> Int {
        if leftRange.count != rightRange.count { return leftRange.count < rightRange.count ? -1 : 1 }
        return compareBytes(left, leftRange, right, rightRange)
    }

    private static func compareBytes(
        _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
    ) -> Int {
        let (left, right) = (left.extracting(leftRange), right.extracting(rightRange))
        if ByteOrder.precedes(left, right) { return -1 }
        return ByteOrder.precedes(right, left) ? 1 : 0
    }

    private static func identifierEnd(_ text: Span<UInt8>, from start: Int, limit: Int) -> Int {
        var position = start
        while position < limit, text[position] != UInt8(ascii: ".") { position &+= 1 }
        return position
    }

    // Identifiers of a pre-release are ordered, so numbers among them have no leading zeros.
    private static func areIdentifiers(_ text: Span<UInt8>, _ range: Range<Int>, areOrdered: Bool) -> Bool {
        var start = range.lowerBound
        while true {
            let end = identifierEnd(text, from: start, limit: range.upperBound)
            guard start < end else { return false }
            for index in start..<end where !isIdentifierByte(text[index]) { return false }
            if areOrdered, isAllDigits(text, start..<end), !isNumber(text, start..<end) { return false }
            guard end < range.upperBound else { return true }
            start = end &+ 1
        }
    }

    private static func isNumber(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        !range.isEmpty && (range.count == 1 || text[range.lowerBound] != UInt8(ascii: "0"))
    }

    private static func isAllDigits(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where !isDigit(text[index]) { return false }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "-") || ASCIICase.lowercased(byte) &- UInt8(ascii: "a") < 26
    }
}
