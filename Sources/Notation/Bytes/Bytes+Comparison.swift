/// The order of byte sequences: byte by byte, unsigned, a prefix before what it begins.
///
/// Paths, names and keys are sorted and matched by this order only. `String`'s own `==` and `<` treat canonically
/// equivalent spellings as one, which a name that grants access must not be.
package enum ByteOrder {
    /// Whether the first sequence sorts before the second.
    package static func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        let shared = left.sharedPrefixLength(with: right)
        guard shared < left.count, shared < right.count else { return left.count < right.count }
        return left[shared] < right[shared]
    }

    /// Whether the first sequence sorts before the second.
    package static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool { precedes(left.span, right.span) }

    /// Whether the first string's UTF-8 sorts before the second's.
    package static func precedes(_ left: String, _ right: String) -> Bool {
        left.withUTF8Bytes { bytes in
            right.withUTF8Bytes { precedes(bytes, $0) }
        }
    }
}

extension Span<UInt8> {
    /// Whether two sequences have the same bytes. Its running time depends on them, so it is not for secrets.
    package func bytesEqual(to other: Span<UInt8>) -> Bool {
        count == other.count && sharedPrefixLength(with: other) == count
    }

    /// Whether these bytes begin with others.
    package func hasBytePrefix(_ prefix: Span<UInt8>) -> Bool {
        count >= prefix.count && sharedPrefixLength(with: prefix) == prefix.count
    }

    /// Whether these bytes end with others.
    package func hasByteSuffix(_ suffix: Span<UInt8>) -> Bool {
        count >= suffix.count && extracting(last: suffix.count).bytesEqual(to: suffix)
    }

    /// Whether these bytes are a string's UTF-8.
    package func bytesEqual(to text: String) -> Bool { text.withUTF8Bytes { bytesEqual(to: $0) } }

    /// Whether these bytes begin with a string's UTF-8.
    package func hasBytePrefix(_ prefix: String) -> Bool { prefix.withUTF8Bytes { hasBytePrefix($0) } }

    /// Whether these bytes end with a string's UTF-8.
    package func hasByteSuffix(_ suffix: String) -> Bool { suffix.withUTF8Bytes { hasByteSuffix($0) } }

    /// How many leading bytes two sequences have in common.
    package func sharedPrefixLength(with other: Span<UInt8>) -> Int {
        let limit = Swift.min(count, other.count)
        var length = 0
        while length < limit, self[length] == other[length] { length &+= 1 }
        return length
    }
}

extension [UInt8] {
    /// Whether two arrays have the same bytes. Its running time depends on them, so it is not for secrets.
    package func bytesEqual(to other: Span<UInt8>) -> Bool { span.bytesEqual(to: other) }

    /// Whether these bytes begin with others.
    package func hasBytePrefix(_ prefix: [UInt8]) -> Bool { span.hasBytePrefix(prefix.span) }

    /// Whether these bytes begin with a string's UTF-8.
    package func hasBytePrefix(_ prefix: String) -> Bool { span.hasBytePrefix(prefix) }

    /// Whether these bytes end with others.
    package func hasByteSuffix(_ suffix: [UInt8]) -> Bool { span.hasByteSuffix(suffix.span) }

    /// Whether these bytes end with a string's UTF-8.
    package func hasByteSuffix(_ suffix: String) -> Bool { span.hasByteSuffix(suffix) }

    /// Whether these bytes are a string's UTF-8.
    package func bytesEqual(to text: String) -> Bool { span.bytesEqual(to: text) }
}
