/// What a ciphertext is bound to: it opens only for the same domain and fields, in the same order.
///
/// ```
/// context = field*        the first field is the domain tag
/// field   = length u32 big-endian | bytes
/// ```
/// Every field carries its length, so no two lists of fields have the same encoding. The context is not secret
/// and is not stored: whoever opens builds it again from what they asked for (cluster, mount, storage key, version).
package struct SealingContext: Sendable {
    private var encoded: [UInt8]

    /// Starts a context.
    ///
    /// - Parameters:
    ///   - domain: says what kind of thing is sealed, such as `"pv1|root"`; different kinds never open as each other.
    ///   - capacity: an estimate of the encoded size in bytes, to allocate once.
    package init(domain: StaticString, reserving capacity: Int = 128) {
        encoded = []
        encoded.reserveCapacity(capacity)
        // A static string literal is valid for the life of the process.
        let bytes = unsafe UnsafeBufferPointer(start: domain.utf8Start, count: domain.utf8CodeUnitCount)
        appendLength(bytes.count)
        unsafe encoded.append(contentsOf: bytes)
    }

    /// Adds a field.
    package mutating func append(_ field: Span<UInt8>) {
        appendLength(field.count)
        // The span is valid during the closure.
        unsafe field.withUnsafeBufferPointer { unsafe encoded.append(contentsOf: $0) }
    }

    /// Adds a field.
    package mutating func append(_ field: [UInt8]) {
        append(field.span)
    }

    /// Adds a number, such as a version or generation, as a field of 8 bytes big-endian.
    package mutating func append(_ number: UInt64) {
        appendLength(8)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            encoded.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// The context with one more field.
    package consuming func appending(_ field: [UInt8]) -> SealingContext {
        append(field.span)
        return self
    }

    /// The context with one more number.
    package consuming func appending(_ number: UInt64) -> SealingContext {
        append(number)
        return self
    }

    /// The encoded bytes.
    package var span: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get { encoded.span }
    }

    private mutating func appendLength(_ count: Int) {
        // Fields are names and numbers bounded in kilobytes at the edge; 4 GiB here is a mistake in our own code.
        guard let length = UInt32(exactly: count) else { preconditionFailure("context field too long") }
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            encoded.append(UInt8(truncatingIfNeeded: length >> shift))
        }
    }
}
