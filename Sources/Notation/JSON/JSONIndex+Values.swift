extension JSONIndex.Member {
    /// The value's bytes as they were written, or an empty span when the document is not the one indexed.
    @_lifetime(copy bytes)
    package func rawValue(in bytes: Span<UInt8>) -> Span<UInt8> {
        guard valueRange.upperBound <= bytes.count else { return bytes.extracting(first: 0) }
        return bytes.extracting(valueRange)
    }

    /// The value's bytes as they were written, copied.
    package func rawValue(in bytes: [UInt8]) -> [UInt8] { [UInt8](rawValue(in: bytes.span)) }

    /// The string's UTF-8 with its escapes resolved, or `nil` when the value is not a string.
    package func stringBytes(in bytes: Span<UInt8>) -> [UInt8]? {
        guard valueKind == .string else { return nil }
        let raw = rawValue(in: bytes)
        guard raw.count >= 2 else { return nil }
        return JSONEscapes.decode(raw.extracting(1..<(raw.count &- 1)))
    }

    /// The string, or `nil` when the value is not one.
    package func stringValue(in bytes: Span<UInt8>) -> String? {
        stringBytes(in: bytes).map { String(validated: $0) }
    }

    /// The boolean, or `nil` when the value is not one.
    package func boolValue(in bytes: Span<UInt8>) -> Bool? {
        let raw = rawValue(in: bytes)
        guard valueKind == .boolean, !raw.isEmpty else { return nil }
        return raw[0] == UInt8(ascii: "t")
    }

    /// The number, or `nil` when the value is not one or its text is not an integer in range.
    package func intValue(in bytes: Span<UInt8>) -> Int? {
        guard valueKind == .number else { return nil }
        return Int(String(validated: rawValue(in: bytes)))
    }
}

extension [UInt8] {
    /// Makes an array from the bytes of a span with one copy.
    package init(_ bytes: Span<UInt8>) {
        self.init()
        reserveCapacity(bytes.count)
        append(bytes)
    }
}
