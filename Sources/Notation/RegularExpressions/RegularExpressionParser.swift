/// Reads a regular expression.
///
/// It calls itself once per open group, which are at most `greatestDepth`.
struct RegularExpressionParser {
    private static let greatestDepth = 32

    let bytes: [UInt8]
    var position = 0
    private var depth = 0
    private var foldsCase = false

    init(_ pattern: String) {
        bytes = Array(pattern.utf8)
    }

    /// Reads the whole pattern.
    mutating func parse() throws(RegularExpressionError) -> RegularExpressionTree {
        if bytes.hasBytePrefix("(?i)") {
            foldsCase = true
            position = 4
        }
        let tree = try parseAlternatives()
        guard isAtEnd else { throw failure(.unmatchedParenthesis) }
        return tree
    }

    private mutating func parseAlternatives() throws(RegularExpressionError) -> RegularExpressionTree {
        var alternatives = [try parseSequence()]
        while skip("|") { alternatives.append(try parseSequence()) }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func parseSequence() throws(RegularExpressionError) -> RegularExpressionTree {
        var parts: [RegularExpressionTree] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            parts.append(try parseRepetition(of: try parseAtom()))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func parseRepetition(
        of atom: RegularExpressionTree
    ) throws(RegularExpressionError) -> RegularExpressionTree {
        guard let counts = try parseCounts() else { return atom }
        // Greedy or lazy makes no difference to whether there is a match.
        _ = skip("?")
        if let byte = next, [UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?")].contains(byte) {
            throw failure(.nothingToRepeat)
        }
        return .repetition(atom, from: counts.least, to: counts.most)
    }

    private mutating func parseCounts() throws(RegularExpressionError) -> (least: Int, most: Int?)? {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        let start = position
        guard skip("{") else { return nil }
        guard let least = parseCount() else { throw failure(.strayBrace, at: start) }
        var most: Int? = least
        if skip(",") { most = next == UInt8(ascii: "}") ? nil : parseCount() ?? -1 }
        guard skip("}") else { throw failure(.strayBrace, at: start) }
        guard least <= RegularExpression.greatestRepeat, (most ?? least) <= RegularExpression.greatestRepeat,
            (most ?? least) >= least
        else { throw failure(.badRepeat, at: start) }
        return (least, most)
    }

    private mutating func parseCount() -> Int? {
        let start = position
        var value = 0
        while let byte = next, byte &- UInt8(ascii: "0") < 10 {
            value = min(value * 10 + Int(byte &- UInt8(ascii: "0")), RegularExpression.greatestRepeat + 1)
            position += 1
        }
        return position > start ? value : nil
    }

    private mutating func parseAtom() throws(RegularExpressionError) -> RegularExpressionTree {
        let start = position
        if skip("(") { return try parseGroup(start: start) }
        if skip("[") { return .scalars(try parseClass(start: start)) }
        if skip(".") { return .scalars(.notLineFeed) }
        if skip("^") { return .assertion(.start) }
        if skip("$") { return .assertion(.end) }
        if skip("\\") { return try parseEscape(start: start) }
        switch next {
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): throw failure(.nothingToRepeat)
        case UInt8(ascii: "{"), UInt8(ascii: "}"): throw failure(.strayBrace)
        default: return literal(takeScalar())
        }
    }

    private mutating func parseGroup(start: Int) throws(RegularExpressionError) -> RegularExpressionTree {
        if skip("?"), !skip(":") {
            _ = skip("<")
            throw failure(isNextAny(of: "=!") ? .lookAround : .unknownGroup, at: start)
        }
        guard depth < Self.greatestDepth else { throw failure(.tooDeep, at: start) }
        depth += 1
        let tree = try parseAlternatives()
        depth -= 1
        guard skip(")") else { throw failure(.missingParenthesis, at: start) }
        return tree
    }

    /// A scalar, or both of its cases when the expression ignores case.
    func literal(_ scalar: UInt32) -> RegularExpressionTree {
        guard foldsCase, scalar < 128 else { return .scalar(scalar) }
        var set = ScalarClass()
        set.insert(scalar...scalar)
        set.foldASCIICase()
        return .scalars(set)
    }

    private mutating func parseClass(start: Int) throws(RegularExpressionError) -> ScalarClass {
        var set = ScalarClass()
        let isInverted = skip("^")
        var isFirst = true
        while isFirst || next != UInt8(ascii: "]") {
            guard !isAtEnd else { throw failure(.missingBracket, at: start) }
            isFirst = false
            try parseClassItem(into: &set)
        }
        position += 1
        if foldsCase { set.foldASCIICase() }
        if isInverted { set.invert() }
        return set
    }

    private mutating func parseClassItem(into set: inout ScalarClass) throws(RegularExpressionError) {
        let start = position
        if next == UInt8(ascii: "["), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: ":") {
            throw failure(.posixClass)
        }
        guard let lower = try parseClassScalar(into: &set) else { return }
        guard next == UInt8(ascii: "-"), position + 1 < bytes.count, bytes[position + 1] != UInt8(ascii: "]") else {
            set.insert(lower...lower)
            return
        }
        position += 1
        guard let upper = try parseClassScalar(into: &set), lower <= upper else { throw failure(.badRange, at: start) }
        set.insert(lower...upper)
    }

    // `nil` when an escape such as `\d` was added as a set.
    private mutating func parseClassScalar(into set: inout ScalarClass) throws(RegularExpressionError) -> UInt32? {
        let start = position
        guard skip("\\") else {
            guard !isAtEnd else { throw failure(.missingBracket) }
            return takeScalar()
        }
        if let (named, isInverted) = takeNamedClass() {
            set.insert(named, inverted: isInverted)
            return nil
        }
        return try takeEscapedScalar(start: start)
    }
}

extension RegularExpressionParser {
    /// Whether nothing is left.
    var isAtEnd: Bool { position >= bytes.count }

    /// The next byte.
    var next: UInt8? { isAtEnd ? nil : bytes[position] }

    /// Passes over an ASCII character when it is next.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Passes over a byte.
    mutating func advance() { position += 1 }

    /// The next scalar; there must be one.
    mutating func takeScalar() -> UInt32 {
        let scalar = UTF8Scalar(in: bytes.span, at: position)
        position += scalar.length
        return scalar.value
    }

    /// Whether one of some characters is next.
    func isNextAny(of characters: StaticString) -> Bool {
        guard let next else { return false }
        return characters.description.utf8.contains(next)
    }

    /// The error of a place, the current one unless another is given.
    func failure(_ reason: RegularExpressionError.Reason, at offset: Int? = nil) -> RegularExpressionError {
        RegularExpressionError(reason: reason, offset: offset ?? position)
    }
}
