internal import CSodium

/// Bytes of a long-lived key: one owner, no hidden copies, wiped when the owner goes.
///
/// The bytes lie in guarded memory and are read-only once made. They are not `Equatable`, `Hashable` or printable:
/// compare with ``isEqual(to:)``, and read in a scope with ``withSpan(_:)``.
// @unchecked Sendable: nothing can change the bytes after `init`, so any number of threads may read them.
@safe
package struct SecretBytes: ~Copyable, @unchecked Sendable {
    private let memory: SecretMemory

    /// The number of bytes.
    package var count: Int { memory.count }

    /// Allocates `count` bytes, lets `body` fill them (they start as zeros), and makes them read-only.
    ///
    /// - Throws: ``CryptoError/invalidLength`` for fewer than one byte, ``CryptoError/memoryUnavailable``, and what
    ///   `body` throws.
    package init(
        count: Int, initializingWith body: (inout MutableSpan<UInt8>) throws(CryptoError) -> Void
    ) throws(CryptoError) {
        try unsafe self.init(byteCount: count) { (base) throws(CryptoError) in
            // The memory is valid for `count` initialised bytes while `body` runs, and nobody else has it.
            var span = unsafe MutableSpan(_unsafeStart: base, count: count)
            try body(&span)
        }
    }

    /// Allocates `count` bytes and lets `body` fill them through a pointer valid during the call.
    init(
        byteCount count: Int, filling body: (UnsafeMutablePointer<UInt8>) throws(CryptoError) -> Void
    ) throws(CryptoError) {
        let memory = try SecretMemory(count: count)
        try unsafe body(memory.base)
        guard unsafe sodium_mprotect_readonly(memory.base) == 0 else { throw .memoryUnavailable }
        self.memory = memory
    }

    /// Makes `count` random bytes.
    ///
    /// - Throws: ``CryptoError/invalidLength`` for fewer than one byte, ``CryptoError/memoryUnavailable``.
    package init(random count: Int) throws(CryptoError) {
        try unsafe self.init(byteCount: count) { (base) throws(CryptoError) in unsafe randombytes_buf(base, count) }
    }

    /// Copies `bytes`; the original stays where it is, and wiping it is its owner's duty.
    ///
    /// - Throws: ``CryptoError/invalidLength`` for no bytes, ``CryptoError/memoryUnavailable``.
    package init(copying bytes: Span<UInt8>) throws(CryptoError) {
        try unsafe self.init(byteCount: bytes.count) { (base) throws(CryptoError) in unsafe bytes.copy(to: base) }
    }

    /// Copies `bytes`, then overwrites and empties the array.
    ///
    /// The array should be the only reference to its storage; otherwise the other owners keep their bytes. It is
    /// emptied also when the copy fails.
    ///
    /// - Throws: ``CryptoError/invalidLength`` for an empty array, ``CryptoError/memoryUnavailable``.
    package init(copyingAndWiping bytes: inout [UInt8]) throws(CryptoError) {
        defer {
            unsafe bytes.withUnsafeMutableBytes { unsafe sodium_memzero($0.baseAddress, $0.count) }
            bytes = []
        }
        try self.init(copying: bytes.span)
    }

    /// Lends the bytes to `body`.
    package func withSpan<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The memory outlives the call because `self` is borrowed for its length.
        try body(unsafe Span(_unsafeStart: UnsafePointer(memory.base), count: memory.count))
    }

    /// Lends the address of the bytes, valid during the call.
    @inline(__always)
    func withPointer<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafePointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafePointer(memory.base))
    }

    /// Makes a second, independent copy.
    ///
    /// - Throws: ``CryptoError/memoryUnavailable``.
    package func duplicate() throws(CryptoError) -> SecretBytes {
        try withSpan { (span) throws(CryptoError) in try SecretBytes(copying: span) }
    }

    /// Whether both hold the same bytes, in a time that depends on the lengths only.
    package func isEqual(to other: borrowing SecretBytes) -> Bool {
        withSpan { mine in other.withSpan { theirs in ConstantTime.isEqual(mine, theirs) } }
    }
}
