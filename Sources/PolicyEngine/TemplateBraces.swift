/// Cuts a text at its `{{ … }}`.
enum TemplateBraces {
    /// A piece of a text with templates.
    enum Piece: Sendable, Equatable {
        /// Text to keep.
        case literal([UInt8])
        /// What stood between the braces, without blanks around it; never empty.
        case expression([UInt8])
    }

    /// The pieces of a text; `nil` when the braces do not pair or enclose nothing.
    static func split(_ text: [UInt8]) -> [Piece]? {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        var index = 0
        while index < text.count {
            if isPair(text, index, UInt8(ascii: "}")) { return nil }
            guard isPair(text, index, UInt8(ascii: "{")) else {
                literal.append(text[index])
                index += 1
                continue
            }
            guard let end = closing(text, from: index + 2) else { return nil }
            let expression = PathFolding.trimmed(text[(index + 2)..<end])
            guard !expression.isEmpty else { return nil }
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            pieces.append(.expression(Array(expression)))
            index = end + 2
        }
        if !literal.isEmpty || pieces.isEmpty { pieces.append(.literal(literal)) }
        return pieces
    }

    private static func closing(_ text: [UInt8], from start: Int) -> Int? {
        var index = start
        while index < text.count {
            if isPair(text, index, UInt8(ascii: "}")) { return index }
            if isPair(text, index, UInt8(ascii: "{")) { return nil }
            index += 1
        }
        return nil
    }

    private static func isPair(_ text: [UInt8], _ index: Int, _ brace: UInt8) -> Bool {
        index + 1 < text.count && text[index] == brace && text[index + 1] == brace
    }
}
