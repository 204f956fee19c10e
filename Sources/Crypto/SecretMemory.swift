internal import CSodium

/// A guarded allocation: fenced by unreadable pages, kept out of core dumps, locked into memory when the system
/// allows it, wiped and checked for overruns when it is freed.
///
/// Each allocation takes at least four pages and four mappings, so it is for long-lived keys (hundreds), not for
/// per-request data. Whether locking works is reported by ``ProcessHardening/canLockMemory()``.
// Only `base` is unsafe; it is valid for `count` bytes from `init` to `deinit` and has exactly one owner.
@safe struct SecretMemory: ~Copyable, @unchecked Sendable {
    // @unchecked Sendable: the address is never changed and never shared by two owners. Who writes through it has
    // exclusive access: either during `init`, or in a `mutating` function of the owner.
    let base: UnsafeMutablePointer<UInt8>
    /// The number of bytes.
    let count: Int

    /// Allocates `count` zeroed bytes.
    ///
    /// - Throws: ``CryptoError/invalidLength`` for fewer than one byte, ``CryptoError/memoryUnavailable`` when the
    ///   system has no room or no mappings left.
    init(count: Int) throws(CryptoError) {
        try Sodium.initialise()
        guard count > 0 else { throw .invalidLength }
        guard let raw = unsafe sodium_malloc(count) else { throw .memoryUnavailable }
        unsafe base = raw.bindMemory(to: UInt8.self, capacity: count)
        unsafe base.initialize(repeating: 0, count: count)
        self.count = count
    }

    deinit {
        unsafe sodium_free(base)
    }
}
