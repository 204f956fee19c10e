/// Turns the JSON form of HCL into the same tree, with places.
///
/// The tree keeps line and column of each member, which a plain JSON tree does not have. Members with the same name
/// are refused: two readers of one text must never see different things.
struct HCLJSONParser {
    private var lexer: HCLLexer

    /// Prepares to parse a text that is valid UTF-8.
    init(_ source: [UInt8]) {
        lexer = HCLLexer(source, dialect: .json)
    }

    /// Parses the whole text, one object.
    mutating func parseDocument() throws(HCLError) -> HCLBody {
        let opening = try lexer.next()
        guard opening.kind == .leftBrace else { throw opening.error("expected '{', found \(opening.kind.words)") }
        let body = try parseObject(opening: opening, depth: 0)
        let rest = try lexer.next()
        guard rest.kind == .end else { throw rest.error("expected the end of the text, found \(rest.kind.words)") }
        return body
    }

    private mutating func parseObject(opening: HCLToken, depth: Int) throws(HCLError) -> HCLBody {
        guard depth < HCLDocument.maximumDepth else { throw opening.error("nested too deeply") }
        var items: [HCLItem] = []
        var names: Set<[UInt8]> = []
        var token = try lexer.next()
        if token.kind == .rightBrace { return HCLBody() }
        while true {
            guard token.kind == .string else { throw token.error("expected a string, found \(token.kind.words)") }
            guard names.insert(Array(token.text.utf8)).inserted else { throw token.error("duplicate key") }
            let colon = try lexer.next()
            guard colon.kind == .colon else { throw colon.error("expected ':', found \(colon.kind.words)") }
            let value = try parseValue(lexer.next(), depth: depth + 1)
            items.append(HCLItem(keys: [token.text], value: value, line: token.line, column: token.column))
            let separator = try lexer.next()
            switch separator.kind {
            case .rightBrace: return HCLBody(items: items)
            case .comma: token = try lexer.next()
            default: throw separator.error("expected ',' or '}', found \(separator.kind.words)")
            }
        }
    }

    private mutating func parseArray(opening: HCLToken, depth: Int) throws(HCLError) -> [HCLValue] {
        guard depth < HCLDocument.maximumDepth else { throw opening.error("nested too deeply") }
        var values: [HCLValue] = []
        var token = try lexer.next()
        if token.kind == .rightBracket { return [] }
        while true {
            values.append(try parseValue(token, depth: depth + 1))
            let separator = try lexer.next()
            switch separator.kind {
            case .rightBracket: return values
            case .comma: token = try lexer.next()
            default: throw separator.error("expected ',' or ']', found \(separator.kind.words)")
            }
        }
    }

    private mutating func parseValue(_ token: HCLToken, depth: Int) throws(HCLError) -> HCLValue {
        switch token.kind {
        case .string: return .string(token.text)
        case .number: return .number(token.text)
        case .bool: return .bool(token.text.utf8.count == 4)
        case .null: return .null
        case .leftBrace: return .body(try parseObject(opening: token, depth: depth))
        case .leftBracket: return .list(try parseArray(opening: token, depth: depth))
        default: throw token.error("expected a value, found \(token.kind.words)")
        }
    }
}
