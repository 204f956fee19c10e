extension JSONReader {
    /// Passes over a string, checking its escapes and its UTF-8.
    ///
    /// - Returns: Whether the string holds a backslash sequence.
    mutating func scanString() throws(JSONError) -> Bool {
        let bytes = self.bytes
        var position = offset &+ 1
        var hasEscapes = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                offset = position &+ 1
                return hasEscapes
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                position = try scanEscape(at: position)
            } else if byte < 0x20 {
                throw JSONError(.unescapedControlCharacter, at: position)
            } else if byte < 0x80 {
                position &+= 1
            } else if let length = UTF8Validation.sequenceLength(in: bytes, at: position) {
                position &+= length
            } else {
                throw JSONError(.invalidUTF8, at: position)
            }
        }
        throw JSONError(.unexpectedEnd, at: bytes.count)
    }

    // Returns the position after the escape. A surrogate pair counts as one escape.
    private func scanEscape(at position: Int) throws(JSONError) -> Int {
        guard position &+ 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        switch bytes[position &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return position &+ 2
        case UInt8(ascii: "u"): break
        default: throw JSONError(.invalidEscape, at: position)
        }
        guard bytes.count &- position >= 6 else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        guard let unit = JSONEscapes.codeUnit(in: bytes, at: position) else {
            throw JSONError(.invalidEscape, at: position)
        }
        guard UTF16.isSurrogate(unit) else { return position &+ 6 }
        guard UTF16.isLeadSurrogate(unit), let trail = JSONEscapes.codeUnit(in: bytes, at: position &+ 6),
            UTF16.isTrailSurrogate(trail)
        else { throw JSONError(.loneSurrogate, at: position) }
        return position &+ 12
    }

    /// Passes over a number and checks its grammar and length.
    mutating func scanNumber() throws(JSONError) {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset &+= 1 }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") {
            offset &+= 1
        } else {
            try scanDigits()
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset &+= 1
            try scanDigits()
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset &+= 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
                offset &+= 1
            }
            try scanDigits()
        }
        if offset < bytes.count, isDigit(bytes[offset]) { throw JSONError(.invalidNumber, at: offset) }
        guard offset &- start <= limits.maxNumberLength else { throw JSONError(.numberTooLong, at: start) }
    }

    private mutating func scanDigits() throws(JSONError) {
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        guard isDigit(bytes[offset]) else { throw JSONError(.invalidNumber, at: offset) }
        while offset < bytes.count, isDigit(bytes[offset]) { offset &+= 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Passes over `true`, `false` or `null`.
    mutating func scanWord(_ word: String) throws(JSONError) {
        for expected in word.utf8 {
            guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
            guard bytes[offset] == expected else { throw JSONError(.invalidCharacter, at: offset) }
            offset &+= 1
        }
    }
}
