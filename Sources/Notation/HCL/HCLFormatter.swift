/// Writes HCL text in one canonical layout, keeping its comments.
///
/// Two spaces per level, one item per line, the `=` signs of neighbouring one-line attributes aligned, at most one
/// blank line between items and exactly one between blocks at the top. Strings, numbers and comments stay as they
/// were written. Formatting twice gives the same text as formatting once.
package struct HCLFormatter {
    private let source: [UInt8]
    private let tokens: [HCLToken]
    private var index = 0

    /// Formats a text; text in the JSON form comes back unchanged.
    ///
    /// - Throws: ``HCLError`` when the text does not parse.
    package static func format(_ text: [UInt8]) throws(HCLError) -> [UInt8] {
        guard try !HCLDocument(parsing: text).isJSON else { return text }
        var formatter = try HCLFormatter(text)
        let lines = formatter.layOutBody(until: .end, atTop: true)
        return lines.flatMap { HCLLayoutEntry.unmarked($0) + [0x0A] }
    }

    /// Cuts a text, which has been parsed before, into tokens.
    private init(_ text: [UInt8]) throws(HCLError) {
        var lexer = HCLLexer(text, dialect: .hcl)
        var tokens: [HCLToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        source = text
        self.tokens = tokens
    }

    // The text has parsed, so the walk below meets only well-formed sequences, and its recursion is as deep as the
    // parser allowed.

    private var current: HCLToken { tokens[min(index, tokens.count - 1)] }

    /// Lays out items up to and including the closing token, as lines without this body's own indentation.
    private mutating func layOutBody(until close: HCLToken.Kind, atTop: Bool) -> [String] {
        var entries: [HCLLayoutEntry] = []
        while current.kind != close, current.kind != .end {
            if current.kind == .comma {
                index += 1
            } else if current.kind == .comment {
                if isOnPreviousLine, !currentSpansLines, let last = entries.indices.last {
                    entries[last].trailingComment = commentLines().first
                } else {
                    let blank = hasBlankLineBefore
                    entries.append(HCLLayoutEntry(lines: commentLines(), hasBlankLineBefore: blank, kind: .comment))
                }
            } else {
                layOutItem(into: &entries)
            }
        }
        index += 1
        return HCLLayoutEntry.join(entries, spacesBlocks: atTop)
    }

    /// Lays out one item; comments found in the middle of it go before it.
    private mutating func layOutItem(into entries: inout [HCLLayoutEntry]) {
        let blank = hasBlankLineBefore
        var keys: [String] = []
        var stray: [String] = []
        while current.kind != .assign, current.kind != .leftBrace, current.kind != .end {
            if current.kind == .comment { stray += commentLines() } else { keys.append(takeRaw()) }
        }
        let head = keys.joined(separator: " ")
        let isAttribute = current.kind == .assign
        if isAttribute { index += 1 }
        let value = layOutValue(&stray)
        if !stray.isEmpty {
            entries.append(HCLLayoutEntry(lines: stray, hasBlankLineBefore: blank, kind: .comment))
        }
        var entry = HCLLayoutEntry(lines: value, hasBlankLineBefore: blank && stray.isEmpty, kind: .block)
        if isAttribute {
            entry.key = head
            entry.kind = .attribute
        } else if let first = value.first {
            entry.lines[0] = head + " " + first
        }
        entries.append(entry)
    }

    private mutating func layOutValue(_ stray: inout [String]) -> [String] {
        while current.kind == .comment { stray += commentLines() }
        switch current.kind {
        case .leftBrace:
            index += 1
            let inner = layOutBody(until: .rightBrace, atTop: false)
            return inner.isEmpty ? ["{}"] : ["{"] + inner.map(Self.indent) + ["}"]
        case .leftBracket:
            return layOutList()
        case .heredoc:
            return HCLLayoutEntry.keepingLaterLines(takeRaw())
        default:
            return [takeRaw()]
        }
    }

    private mutating func layOutList() -> [String] {
        let opening = current
        index += 1
        var elements: [[String]] = []
        var hasComment = false
        while current.kind != .rightBracket, current.kind != .end {
            if current.kind == .comma {
                index += 1
            } else if current.kind == .comment {
                hasComment = true
                elements.append(commentLines())
            } else {
                var stray: [String] = []
                var lines = layOutValue(&stray)
                // The closing marker of a heredoc stands alone on its line, so the comma follows on the next.
                if let last = lines.last, HCLLayoutEntry.isVerbatim(last) { lines.append("") }
                if let last = lines.indices.last { lines[last] += "," }
                elements.append(stray + lines)
            }
        }
        let spansLines = current.line > opening.line || elements.contains { $0.count > 1 }
        index += 1
        guard spansLines || hasComment else {
            return ["[" + elements.joined().map { String($0.dropLast()) }.joined(separator: ", ") + "]"]
        }
        return elements.isEmpty ? ["[]"] : ["["] + elements.joined().map(Self.indent) + ["]"]
    }

    private static func indent(_ line: String) -> String {
        line.utf8.isEmpty || HCLLayoutEntry.isVerbatim(line) ? line : "  " + line
    }
}

extension HCLFormatter {
    private mutating func takeRaw() -> String {
        let range = current.range
        index += 1
        return String(decoding: source[range], as: UTF8.self)
    }

    /// The comment's lines; the continuation of a block comment is content and is not indented anew.
    private mutating func commentLines() -> [String] {
        var bytes = source[current.range]
        index += 1
        while let last = bytes.last, HCLDocument.isBlank(last) { bytes.removeLast() }
        return HCLLayoutEntry.keepingLaterLines(String(decoding: bytes, as: UTF8.self))
    }

    private var currentSpansLines: Bool { source[current.range].contains(0x0A) }

    /// Whether the current token starts on the line where the token before it ends.
    private var isOnPreviousLine: Bool { lineEndsBefore == 0 }

    private var hasBlankLineBefore: Bool { index > 0 && lineEndsBefore > 1 }

    private var lineEndsBefore: Int {
        let start = index > 0 ? tokens[index - 1].range.upperBound : 0
        var ends = source[start..<current.range.lowerBound].count { $0 == 0x0A }
        // A comma between the two tokens is a token itself; look behind it.
        if index > 1, tokens[index - 1].kind == .comma, ends == 0 {
            let before = tokens[index - 2].range.upperBound
            ends = source[before..<tokens[index - 1].range.lowerBound].count { $0 == 0x0A }
        }
        return ends
    }
}
