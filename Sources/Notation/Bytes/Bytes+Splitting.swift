extension Span<UInt8> {
    /// The offset of the first occurrence of a byte at or after another offset, or `nil` when there is none.
    package func firstByteIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        var index = Swift.max(start, 0)
        while index < count {
            if self[index] == byte { return index }
            index &+= 1
        }
        return nil
    }

    /// The offset of the last occurrence of a byte, or `nil` when there is none.
    package func lastByteIndex(of byte: UInt8) -> Int? {
        var index = count
        while index > 0 {
            index &-= 1
            if self[index] == byte { return index }
        }
        return nil
    }

    /// The places of the parts between the occurrences of a byte; always one more part than occurrences, and a part
    /// may be empty.
    package func byteRanges(splitOn separator: UInt8) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while let end = firstByteIndex(of: separator, from: start) {
            ranges.append(start..<end)
            start = end &+ 1
        }
        ranges.append(start..<count)
        return ranges
    }

    /// Where these bytes stand without the ASCII white space (blank, tab, LF, VT, FF, CR) at both ends.
    package func rangeWithoutASCIISpace() -> Range<Int> {
        var start = 0
        var end = count
        while start < end, Self.isASCIISpace(self[start]) { start &+= 1 }
        while end > start, Self.isASCIISpace(self[end &- 1]) { end &-= 1 }
        return start..<end
    }

    /// These bytes without the ASCII white space at both ends.
    @_lifetime(copy self)
    package func trimmingASCIISpace() -> Span<UInt8> { extracting(rangeWithoutASCIISpace()) }

    private static func isASCIISpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension [UInt8] {
    /// The parts between the occurrences of a byte; always one more part than occurrences, and a part may be empty.
    package func bytesSplit(on separator: UInt8) -> [ArraySlice<UInt8>] {
        span.byteRanges(splitOn: separator).map { self[$0] }
    }

    /// These bytes without the ASCII white space at both ends.
    package func trimmingASCIISpace() -> ArraySlice<UInt8> { self[span.rangeWithoutASCIISpace()] }
}

extension String {
    /// The parts between the occurrences of an ASCII character in the UTF-8; always one more part than occurrences,
    /// and a part may be empty.
    ///
    /// - Parameter separator: An ASCII byte, which never stands inside a longer UTF-8 sequence.
    package func bytesSplit(on separator: UInt8) -> [String] {
        precondition(separator < 0x80, "only an ASCII byte splits UTF-8 into UTF-8")
        return withUTF8Bytes { bytes in
            bytes.byteRanges(splitOn: separator).map { String(validated: bytes.extracting($0)) }
        }
    }

    /// This string without the ASCII white space (blank, tab, LF, VT, FF, CR) at both ends.
    package func trimmingASCIISpace() -> String {
        withUTF8Bytes { bytes in
            let kept = bytes.rangeWithoutASCIISpace()
            return kept.count == bytes.count ? self : String(validated: bytes.extracting(kept))
        }
    }

    /// Whether the UTF-8 contains another string's, at any offset; the empty string is in every string.
    package func containsBytes(_ other: String) -> Bool {
        withUTF8Bytes { bytes in
            other.withUTF8Bytes { bytes.containsBytes($0) }
        }
    }

    /// Whether the UTF-8 contains a byte.
    package func containsByte(_ byte: UInt8) -> Bool { withUTF8Bytes { $0.firstByteIndex(of: byte) != nil } }
}

extension Span<UInt8> {
    /// Whether these bytes contain others, at any offset; the empty sequence is in every sequence.
    ///
    /// The work is the product of both lengths at worst, so bound one of them.
    package func containsBytes(_ other: Span<UInt8>) -> Bool {
        var start = 0
        while count &- start >= other.count {
            if extracting(start..<(start &+ other.count)).bytesEqual(to: other) { return true }
            start &+= 1
        }
        return false
    }
}
