extension String {
    /// Makes a string from bytes the caller has validated as UTF-8.
    ///
    /// The standard library looks at them once more, which is cheap; malformed bytes would become U+FFFD.
    init(validated bytes: Span<UInt8>) {
        // The pointer lives for the call only, and the string copies what it points at.
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Makes a string from bytes the caller has validated as UTF-8, as for a span.
    init(validated bytes: [UInt8]) {
        self.init(decoding: bytes, as: UTF8.self)
    }

    /// Makes a string from UTF-8.
    ///
    /// - Parameter bytes: The text.
    /// - Returns: `nil` when the bytes are not well-formed UTF-8; nothing is replaced.
    package init?(utf8 bytes: Span<UInt8>) {
        guard UTF8Validation.isValid(bytes) else { return nil }
        self.init(validated: bytes)
    }

    /// Makes a string from UTF-8.
    ///
    /// - Parameter bytes: The text.
    /// - Returns: `nil` when the bytes are not well-formed UTF-8; nothing is replaced.
    package init?(utf8 bytes: [UInt8]) { self.init(utf8: bytes.span) }

    /// Whether two strings have the same UTF-8. Its running time depends on it, so it is not for secrets.
    package func bytesEqual(to other: String) -> Bool {
        // Most strings that differ do so in their lengths, which are at hand.
        utf8.count == other.utf8.count && withUTF8Bytes { $0.bytesEqual(to: other) }
    }

    /// Whether this string's UTF-8 begins with another's.
    package func hasBytePrefix(_ prefix: String) -> Bool { withUTF8Bytes { $0.hasBytePrefix(prefix) } }

    /// Whether this string's UTF-8 ends with another's.
    package func hasByteSuffix(_ suffix: String) -> Bool { withUTF8Bytes { $0.hasByteSuffix(suffix) } }
}
