internal import CSodium

/// Comparison that does not tell where two values differ.
package enum ConstantTime {
    /// Whether `left` and `right` hold the same bytes, in a time that depends on the lengths only.
    package static func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBufferPointer { mine in
            unsafe right.withUnsafeBufferPointer { theirs in
                unsafe sodium_memcmp(mine.baseAddress, theirs.baseAddress, mine.count) == 0
            }
        }
    }
}
