internal import CSodium

/// Short-lived memory for key material, wiped when its scope ends.
enum Scratch {
    /// Lends `count` bytes of zeroed stack memory, aligned to 16, and wipes them afterwards, also when `body` throws.
    ///
    /// A temporary allocation has one fixed address, so one wipe reaches every copy; an array or a tuple in a
    /// variable may be copied by the optimiser. Inlined, so that a constant `count` is allocated on the stack.
    ///
    /// - Parameters:
    ///   - count: the number of bytes, greater than 0.
    ///   - body: uses the memory and must not let the pointer escape.
    @inline(__always)
    static func withBytes<Result: ~Copyable, Failure: Error>(
        _ count: Int, _ body: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) {
            (buffer) throws(Failure) -> Result in
            guard let raw = buffer.baseAddress else { preconditionFailure("scratch memory of no bytes") }
            let base = unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: count)
            defer { unsafe sodium_memzero(base, count) }
            return try unsafe body(base)
        }
    }
}

extension Span where Element == UInt8 {
    /// Copies the bytes to `destination`, which must have room for `count` of them.
    @inline(__always)
    func copy(to destination: UnsafeMutablePointer<UInt8>) {
        unsafe withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            unsafe destination.update(from: base, count: bytes.count)
        }
    }
}
