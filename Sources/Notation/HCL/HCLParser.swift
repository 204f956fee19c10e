/// Turns HCL1 tokens into a tree by recursive descent with bounded depth.
struct HCLParser {
    private var lexer: HCLLexer
    private var ahead: HCLToken?

    /// Prepares to parse a text that is valid UTF-8.
    init(_ source: [UInt8]) {
        lexer = HCLLexer(source, dialect: .hcl)
    }

    /// Parses the whole text as the content of a body.
    mutating func parseDocument() throws(HCLError) -> HCLBody {
        let body = try parseItems(until: .end, depth: 0)
        return body
    }

    private mutating func peek() throws(HCLError) -> HCLToken {
        if let ahead { return ahead }
        var token = try lexer.next()
        while token.kind == .comment { token = try lexer.next() }
        ahead = token
        return token
    }

    private mutating func take() throws(HCLError) -> HCLToken {
        let token = try peek()
        ahead = nil
        return token
    }

    /// Reads items up to and including the closing token; commas between them are optional.
    private mutating func parseItems(until close: HCLToken.Kind, depth: Int) throws(HCLError) -> HCLBody {
        var items: [HCLItem] = []
        while true {
            let token = try peek()
            if token.kind == close {
                _ = try take()
                return HCLBody(items: items)
            }
            items.append(try parseItem(depth: depth))
            if try peek().kind == .comma { _ = try take() }
        }
    }

    private mutating func parseItem(depth: Int) throws(HCLError) -> HCLItem {
        let first = try peek()
        var keys: [String] = []
        while true {
            let token = try take()
            switch token.kind {
            case .identifier, .string:
                keys.append(token.text)
            case .assign where keys.count == 1:
                let value = try parseValue(depth: depth)
                return HCLItem(keys: keys, value: value, line: first.line, column: first.column)
            case .leftBrace where !keys.isEmpty:
                let value = HCLValue.body(try parseBody(opening: token, depth: depth))
                return HCLItem(keys: keys, value: value, line: first.line, column: first.column)
            default:
                throw token.error(Self.expectation(after: keys.count, found: token.kind))
            }
        }
    }

    private mutating func parseValue(depth: Int) throws(HCLError) -> HCLValue {
        let token = try take()
        switch token.kind {
        case .string, .heredoc: return .string(token.text)
        case .number: return .number(token.text)
        case .bool: return .bool(token.text.utf8.count == 4)
        case .leftBrace: return .body(try parseBody(opening: token, depth: depth))
        case .leftBracket: return .list(try parseList(opening: token, depth: depth))
        default: throw token.error("expected a value, found \(token.kind.words)")
        }
    }

    private mutating func parseBody(opening: HCLToken, depth: Int) throws(HCLError) -> HCLBody {
        guard depth < HCLDocument.maximumDepth else { throw opening.error("nested too deeply") }
        return try parseItems(until: .rightBrace, depth: depth + 1)
    }

    private mutating func parseList(opening: HCLToken, depth: Int) throws(HCLError) -> [HCLValue] {
        guard depth < HCLDocument.maximumDepth else { throw opening.error("nested too deeply") }
        var values: [HCLValue] = []
        while try peek().kind != .rightBracket {
            values.append(try parseValue(depth: depth + 1))
            let separator = try peek()
            switch separator.kind {
            case .comma: _ = try take()
            case .rightBracket: break
            default: throw separator.error("expected ',' or ']', found \(separator.kind.words)")
            }
        }
        _ = try take()
        return values
    }

    private static func expectation(after keys: Int, found: HCLToken.Kind) -> String {
        switch keys {
        case 0: "expected a key, found \(found.words)"
        case 1: "expected '=', '{' or a label, found \(found.words)"
        default: "expected '{' or a label, found \(found.words)"
        }
    }
}
