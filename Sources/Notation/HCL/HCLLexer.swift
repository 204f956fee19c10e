/// Cuts UTF-8 text into HCL tokens, or into the tokens of its JSON form.
///
/// The text must be valid UTF-8; ``HCLDocument`` checks that first. Comments come out as tokens, so that a formatter
/// can keep them.
struct HCLLexer: Sendable {
    /// Which spelling the text uses.
    enum Dialect: Sendable {
        /// HCL version 1.
        case hcl
        /// JSON (RFC 8259): no comments, heredocs or bare names.
        case json
    }

    /// The text.
    let source: [UInt8]
    /// Which spelling the text uses.
    let dialect: Dialect
    /// The next byte to read.
    var offset: Int
    private var place = HCLPlace()

    /// Starts at the beginning of a text, behind a byte order mark.
    init(_ source: [UInt8], dialect: Dialect) {
        self.source = source
        self.dialect = dialect
        offset = source.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next token; `.end` at the end, again and again.
    mutating func next() throws(HCLError) -> HCLToken {
        while let byte = peek(), HCLDocument.isBlank(byte) { offset += 1 }
        place.advance(to: offset, in: source)
        let start = offset
        guard let byte = peek() else { return token(.end, from: start) }
        if let kind = punctuation(byte) {
            offset += 1
            return token(kind, from: start)
        }
        switch byte {
        case UInt8(ascii: "\""):
            let text = try dialect == .hcl ? scanString() : scanJSONString()
            return token(.string, from: start, text: text)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            return try scanNumber(from: start)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            return try scanName(from: start)
        case UInt8(ascii: "#") where dialect == .hcl, UInt8(ascii: "/") where dialect == .hcl:
            return try scanComment(from: start)
        case UInt8(ascii: "<") where dialect == .hcl:
            let text = try scanHeredoc()
            return token(.heredoc, from: start, text: text)
        default:
            throw error("unexpected character")
        }
    }

    /// The byte some way ahead of the next one, when there is one.
    func peek(ahead distance: Int = 0) -> UInt8? {
        let index = offset + distance
        return index < source.count ? source[index] : nil
    }

    /// The text between two offsets.
    func slice(_ start: Int, _ end: Int) -> String {
        String(decoding: source[start..<end], as: UTF8.self)
    }

    /// Makes an error at the start of the token being read.
    func error(_ reason: String) -> HCLError {
        HCLError(line: place.line, column: place.column, reason: reason)
    }

    /// Makes an error at the byte being read.
    func errorHere(_ reason: String) -> HCLError {
        var here = place
        here.advance(to: offset, in: source)
        return HCLError(line: here.line, column: here.column, reason: reason)
    }

    private func token(_ kind: HCLToken.Kind, from start: Int, text: String = "") -> HCLToken {
        HCLToken(kind: kind, text: text, range: start..<offset, line: place.line, column: place.column)
    }

    private func punctuation(_ byte: UInt8) -> HCLToken.Kind? {
        switch byte {
        case UInt8(ascii: "{"): .leftBrace
        case UInt8(ascii: "}"): .rightBrace
        case UInt8(ascii: "["): .leftBracket
        case UInt8(ascii: "]"): .rightBracket
        case UInt8(ascii: ","): .comma
        case UInt8(ascii: "=") where dialect == .hcl: .assign
        case UInt8(ascii: ":") where dialect == .json: .colon
        default: nil
        }
    }

    private mutating func scanName(from start: Int) throws(HCLError) -> HCLToken {
        while let byte = peek(), Self.continuesName(byte) { offset += 1 }
        let name = slice(start, offset)
        let word = source[start..<offset]
        if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) {
            return token(.bool, from: start, text: name)
        }
        if dialect == .hcl { return token(.identifier, from: start, text: name) }
        if word.elementsEqual("null".utf8) { return token(.null, from: start, text: name) }
        throw error("names must be quoted in JSON")
    }

    private mutating func scanNumber(from start: Int) throws(HCLError) -> HCLToken {
        while let byte = peek(), Self.continuesNumber(byte) { offset += 1 }
        guard HCLNumber.isLiteral(source[start..<offset], json: dialect == .json) else {
            throw error("malformed number")
        }
        return token(.number, from: start, text: slice(start, offset))
    }

    private mutating func scanComment(from start: Int) throws(HCLError) -> HCLToken {
        if peek() == UInt8(ascii: "#") || peek(ahead: 1) == UInt8(ascii: "/") {
            while let byte = peek(), byte != 0x0A { offset += 1 }
            return token(.comment, from: start)
        }
        guard peek(ahead: 1) == UInt8(ascii: "*") else { throw error("unexpected character") }
        offset += 2
        while let byte = peek() {
            if byte == UInt8(ascii: "*"), peek(ahead: 1) == UInt8(ascii: "/") {
                offset += 2
                return token(.comment, from: start)
            }
            offset += 1
        }
        throw error("comment not terminated")
    }

    private static func continuesName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default:
            false
        }
    }

    private static func continuesNumber(_ byte: UInt8) -> Bool {
        continuesName(byte) || byte == UInt8(ascii: "+")
    }
}
