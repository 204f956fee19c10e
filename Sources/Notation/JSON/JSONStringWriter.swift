extension [UInt8] {
    /// Appends a JSON string, quotes included.
    ///
    /// Control characters, `"` and `\` are escaped, and nothing else is.
    package mutating func appendJSONString(_ text: String) {
        text.withUTF8Bytes { appendJSONString(utf8: $0) }
    }

    /// Appends a member's name and the colon after it.
    package mutating func appendJSONName(_ name: String) {
        appendJSONString(name)
        append(UInt8(ascii: ":"))
    }

    /// Appends a JSON string, quotes included, from UTF-8.
    ///
    /// - Parameter text: The text. Each byte of it that is not part of well-formed UTF-8 becomes U+FFFD, so that the
    ///   result is valid JSON whatever was passed.
    package mutating func appendJSONString(utf8 text: Span<UInt8>) {
        reserveAdditional(text.count &+ 2)
        append(UInt8(ascii: "\""))
        var runStart = 0
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte >= 0x80, let length = UTF8Validation.sequenceLength(in: text, at: position) {
                position &+= length
            } else if byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                position &+= 1
            } else {
                append(text.extracting(runStart..<position))
                appendEscape(of: byte)
                position &+= 1
                runStart = position
            }
        }
        append(text.extracting(runStart..<position))
        append(UInt8(ascii: "\""))
    }

    /// Appends a JSON string, quotes included, from UTF-8, as for a span.
    package mutating func appendJSONString(utf8 text: [UInt8]) {
        appendJSONString(utf8: text.span)
    }

    private mutating func appendEscape(of byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(literal: "\\\"")
        case UInt8(ascii: "\\"): append(literal: "\\\\")
        case 0x08: append(literal: "\\b")
        case 0x09: append(literal: "\\t")
        case 0x0A: append(literal: "\\n")
        case 0x0C: append(literal: "\\f")
        case 0x0D: append(literal: "\\r")
        case 0x80...: append(literal: "\u{FFFD}")
        default:
            append(literal: "\\u00")
            append(Hexadecimal.digit(byte >> 4))
            append(Hexadecimal.digit(byte))
        }
    }
}
