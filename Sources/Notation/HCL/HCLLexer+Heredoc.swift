extension HCLLexer {
    /// Reads a heredoc from its `<<`: `<<EOF` as it stands, `<<-EOF` without the closing marker's indentation.
    ///
    /// The text keeps the line end before the marker. With `<<-`, lines lose the white space before the closing
    /// marker only if every one of them starts with it.
    mutating func scanHeredoc() throws(HCLError) -> String {
        guard peek(ahead: 1) == UInt8(ascii: "<") else { throw error("unexpected character") }
        offset += 2
        let unindents = peek() == UInt8(ascii: "-")
        if unindents { offset += 1 }
        let marker = try takeMarker()
        let start = offset
        while offset < source.count {
            let lineStart = offset
            while let byte = peek(), byte != 0x0A { offset += 1 }
            if let indentation = closing(marker, lineStart..<offset) {
                offset = lineStart + indentation + marker.count
                let text = source[start..<lineStart]
                guard unindents else { return String(decoding: text, as: UTF8.self) }
                return Self.unindent(text, by: source[lineStart..<(lineStart + indentation)])
            }
            if offset < source.count { offset += 1 }
        }
        throw error("heredoc not terminated")
    }

    private mutating func takeMarker() throws(HCLError) -> ArraySlice<UInt8> {
        let start = offset
        while let byte = peek(), byte != 0x0A { offset += 1 }
        guard offset < source.count else { throw error("heredoc not terminated") }
        var marker = source[start..<offset]
        if marker.last == 0x0D { marker.removeLast() }
        let isName = marker.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
        }
        guard !marker.isEmpty, isName else { throw error("malformed heredoc marker") }
        offset += 1
        return marker
    }

    /// The bytes of white space before the marker, when the line holds only the marker.
    private func closing(_ marker: ArraySlice<UInt8>, _ line: Range<Int>) -> Int? {
        var content = source[line]
        if content.last == 0x0D { content.removeLast() }
        let indentation = content.prefix { $0 == 0x20 || $0 == 0x09 }.count
        return content.dropFirst(indentation).elementsEqual(marker) ? indentation : nil
    }

    private static func unindent(_ text: ArraySlice<UInt8>, by indentation: ArraySlice<UInt8>) -> String {
        // The text ends with a line end (or is empty), so the piece after the last line end is no line.
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        guard lines.allSatisfy({ $0.starts(with: indentation) }) else { return String(decoding: text, as: UTF8.self) }
        var result: [UInt8] = []
        for line in lines {
            result.append(contentsOf: line.dropFirst(indentation.count))
            result.append(0x0A)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
