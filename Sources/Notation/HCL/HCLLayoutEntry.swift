/// One item or comment in a formatted body, before alignment.
struct HCLLayoutEntry {
    /// What an entry is; blocks are set apart, attributes are aligned.
    enum Kind {
        case comment, attribute, block
    }

    /// Marks a line whose text, with any line ends in it, must not be indented.
    ///
    /// The byte cannot occur at the start of a token.
    private static let verbatimMark: UInt8 = 0x01

    /// Whether a line must not be indented.
    static func isVerbatim(_ line: String) -> Bool { line.utf8.first == verbatimMark }

    /// The bytes of a line without the mark.
    static func unmarked(_ line: String) -> [UInt8] { Array(isVerbatim(line) ? line.utf8.dropFirst() : line.utf8[...]) }

    /// The lines of a heredoc or a comment: the first may be indented, the others are content.
    static func keepingLaterLines(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        guard let end = bytes.firstIndex(of: 0x0A) else { return [text] }
        let rest = [verbatimMark] + bytes[(end + 1)...]
        return [String(decoding: bytes[..<end], as: UTF8.self), String(decoding: rest, as: UTF8.self)]
    }

    /// The value's lines of an attribute; all lines of anything else.
    var lines: [String]
    /// An attribute's key.
    var key = ""
    /// Whether the source had a blank line before the entry.
    var hasBlankLineBefore: Bool
    /// What the entry is.
    var kind: Kind
    /// A comment that stood on the entry's last line.
    var trailingComment: String?

    /// Makes an entry.
    init(lines: [String], hasBlankLineBefore: Bool, kind: Kind) {
        self.lines = lines
        self.hasBlankLineBefore = hasBlankLineBefore
        self.kind = kind
    }

    /// Whether the entry takes part in the alignment of `=`.
    private var isAligned: Bool { kind == .attribute && lines.count == 1 }

    /// Joins entries to lines, with `=` aligned over runs of neighbouring one-line attributes.
    ///
    /// - Parameters:
    ///   - entries: the entries in order.
    ///   - spacesBlocks: whether blocks are set apart by a blank line.
    static func join(_ entries: [HCLLayoutEntry], spacesBlocks: Bool) -> [String] {
        var result: [String] = []
        var index = 0
        while index < entries.count {
            var end = index
            var width = 0
            while end < entries.count, entries[end].isAligned, end == index || !entries[end].hasBlankLineBefore {
                width = max(width, entries[end].key.unicodeScalars.count)
                end += 1
            }
            for entry in entries[index..<max(end, index + 1)] {
                let previous = result.isEmpty ? nil : Optional(index > 0 ? entries[index - 1] : entry)
                if let previous, entry.needsBlankLine(after: previous, spacesBlocks: spacesBlocks) { result.append("") }
                result.append(contentsOf: entry.rendered(width: width))
                index += 1
            }
        }
        return result
    }

    private func needsBlankLine(after previous: HCLLayoutEntry, spacesBlocks: Bool) -> Bool {
        if hasBlankLineBefore { return true }
        guard spacesBlocks else { return false }
        return previous.kind == .block || (kind == .block && previous.kind == .attribute)
    }

    private func rendered(width: Int) -> [String] {
        var lines = lines
        if kind == .attribute, let first = lines.first {
            let padding = String(repeating: " ", count: max(0, width - key.unicodeScalars.count))
            lines[0] = key + (isAligned ? padding : "") + " = " + first
        }
        guard let trailingComment, let last = lines.last else { return lines }
        // The closing marker of a heredoc stands alone on its line.
        return Self.isVerbatim(last) ? lines + [trailingComment] : lines.dropLast() + [last + " " + trailingComment]
    }
}
