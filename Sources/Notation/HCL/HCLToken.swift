/// One token of HCL or of its JSON form.
struct HCLToken: Sendable {
    /// What a token is.
    enum Kind: Sendable {
        case identifier, string, heredoc, number, bool, null
        case assign, colon, comma, leftBrace, rightBrace, leftBracket, rightBracket
        case comment, end
    }

    /// What the token is.
    var kind: Kind
    /// The meaning: the name, the string with escapes resolved, or the literal.
    var text: String
    /// Where the token lies in the source, as byte offsets.
    var range: Range<Int>
    /// Line of the first byte, counted from 1.
    var line: Int
    /// Column of the first byte in Unicode scalars, counted from 1.
    var column: Int

    /// Makes an error at this token's place.
    func error(_ reason: String) -> HCLError {
        HCLError(line: line, column: column, reason: reason)
    }
}

extension HCLToken.Kind {
    /// What a message calls the token.
    var words: String {
        switch self {
        case .identifier: "a name"
        case .string: "a string"
        case .heredoc: "a heredoc"
        case .number: "a number"
        case .bool: "a boolean"
        case .null: "null"
        case .assign: "'='"
        case .colon: "':'"
        case .comma: "','"
        case .leftBrace: "'{'"
        case .rightBrace: "'}'"
        case .leftBracket: "'['"
        case .rightBracket: "']'"
        case .comment: "a comment"
        case .end: "the end of the text"
        }
    }
}

/// A line and column that follow a byte offset forwards through a text.
struct HCLPlace: Sendable {
    /// The byte offset reached.
    private(set) var offset = 0
    /// The line, counted from 1.
    private(set) var line = 1
    /// The column in Unicode scalars, counted from 1.
    private(set) var column = 1

    /// Moves forwards to an offset; an offset behind the place reached leaves it unchanged.
    mutating func advance(to target: Int, in text: [UInt8]) {
        while offset < target, offset < text.count {
            let byte = text[offset]
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            offset += 1
        }
    }
}
