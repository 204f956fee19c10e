/// Reads a JSON document (RFC 8259) from its bytes, one token at a time.
///
/// Everything that takes JSON in this program goes through this reader, so the tree, the index and the rewriter accept
/// and refuse exactly the same documents. It keeps its place in a few integers instead of on the call stack, checks
/// the whole grammar, UTF-8, the limits and the uniqueness of names as it goes, and builds nothing.
struct JSONReader: ~Escapable {
    private enum Expected {
        case value, firstElementOrEnd, firstNameOrEnd, name, separatorOrEnd
    }

    let bytes: Span<UInt8>
    let limits: JSONLimits
    /// Where the next byte to look at stands; never above the count of bytes.
    var offset = 0
    /// How many arrays and objects are open.
    private(set) var depth = 0
    // One bit per open container, the innermost lowest: 1 for an object. Depth never exceeds the 128 bits.
    private var objectBits: UInt128 = 0
    private var expected = Expected.value
    private var names = JSONMemberNames()
    private var strings = 0
    private var values = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Reads one token.
    ///
    /// - Returns: The token, or `nil` when the document's one value is complete and nothing follows it.
    /// - Throws: ``JSONError`` at the first byte that cannot be accepted.
    mutating func next() throws(JSONError) -> JSONToken? {
        skipWhiteSpace()
        if expected == .separatorOrEnd {
            if depth == 0 {
                guard offset == bytes.count else { throw JSONError(.trailingContent, at: offset) }
                return nil
            }
            if try byteAtOffset() != UInt8(ascii: ",") { return try closeContainer() }
            offset &+= 1
            skipWhiteSpace()
            expected = isInObject ? .name : .value
        }
        let byte = try byteAtOffset()
        switch expected {
        case .firstElementOrEnd where byte == UInt8(ascii: "]"): return try closeContainer()
        case .firstNameOrEnd where byte == UInt8(ascii: "}"): return try closeContainer()
        case .firstNameOrEnd, .name: return try readName(byte)
        default: return try readValue(byte)
        }
    }

    private var isInObject: Bool { objectBits & 1 == 1 }

    private func byteAtOffset() throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        return bytes[offset]
    }

    private mutating func skipWhiteSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset &+= 1
            default: return
            }
        }
    }

    private mutating func readValue(_ byte: UInt8) throws(JSONError) -> JSONToken {
        values &+= 1
        guard values <= limits.maxTokens else { throw JSONError(.tooManyTokens, at: offset) }
        let start = offset
        expected = .separatorOrEnd
        switch byte {
        case UInt8(ascii: "\""): return try readString(as: .string)
        case UInt8(ascii: "{"): return try openContainer(.objectStart)
        case UInt8(ascii: "["): return try openContainer(.arrayStart)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try scanNumber()
            return JSONToken(kind: .number, range: start..<offset, hasEscapes: false)
        case UInt8(ascii: "t"): try scanWord("true")
        case UInt8(ascii: "f"): try scanWord("false")
        case UInt8(ascii: "n"):
            try scanWord("null")
            return JSONToken(kind: .null, range: start..<offset, hasEscapes: false)
        default: throw JSONError(.invalidCharacter, at: offset)
        }
        return JSONToken(kind: .boolean, range: start..<offset, hasEscapes: false)
    }

    private mutating func readName(_ byte: UInt8) throws(JSONError) -> JSONToken {
        guard byte == UInt8(ascii: "\"") else { throw JSONError(.invalidCharacter, at: offset) }
        let token = try readString(as: .name)
        try names.add(token, in: bytes)
        skipWhiteSpace()
        guard try byteAtOffset() == UInt8(ascii: ":") else { throw JSONError(.invalidCharacter, at: offset) }
        offset &+= 1
        expected = .value
        return token
    }

    private mutating func readString(as kind: JSONToken.Kind) throws(JSONError) -> JSONToken {
        strings &+= 1
        guard strings <= limits.maxStrings else { throw JSONError(.tooManyStrings, at: offset) }
        let start = offset
        let hasEscapes = try scanString()
        return JSONToken(kind: kind, range: start..<offset, hasEscapes: hasEscapes)
    }

    private mutating func openContainer(_ kind: JSONToken.Kind) throws(JSONError) -> JSONToken {
        guard depth < limits.maxDepth else { throw JSONError(.tooDeep, at: offset) }
        let isObject = kind == .objectStart
        depth &+= 1
        objectBits = (objectBits << 1) | (isObject ? 1 : 0)
        if isObject { names.open() }
        expected = isObject ? .firstNameOrEnd : .firstElementOrEnd
        offset &+= 1
        return JSONToken(kind: kind, range: (offset &- 1)..<offset, hasEscapes: false)
    }

    private mutating func closeContainer() throws(JSONError) -> JSONToken {
        let isObject = isInObject
        guard try byteAtOffset() == UInt8(ascii: isObject ? "}" : "]") else {
            throw JSONError(.invalidCharacter, at: offset)
        }
        if isObject { try names.close(in: bytes) }
        depth &-= 1
        objectBits >>= 1
        expected = .separatorOrEnd
        offset &+= 1
        return JSONToken(
            kind: isObject ? .objectEnd : .arrayEnd, range: (offset &- 1)..<offset, hasEscapes: false)
    }
}
