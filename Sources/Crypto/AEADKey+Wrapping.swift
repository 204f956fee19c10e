internal import CSodium

/// Keys under keys.
extension AEADKey {
    /// Seals another key.
    ///
    /// - Throws: ``CryptoError/inputTooLarge``.
    package func wrap(
        _ key: borrowing SecretBytes, context: borrowing SealingContext, term: UInt32, keyID: UInt64
    ) throws(CryptoError) -> [UInt8] {
        let header = EnvelopeHeader(term: term, keyID: keyID)
        let bound = context.span
        return try key.withSpan { (inner) throws(CryptoError) -> [UInt8] in
            try unsafe withPointer { (outer) throws(CryptoError) -> [UInt8] in
                try unsafe Envelope.seal(inner, key: outer, context: bound, header: header)
            }
        }
    }

    /// Opens a wrapped key into guarded memory; the key never lies in an array.
    ///
    /// - Throws: ``CryptoError/malformed``, ``CryptoError/authenticationFailed``, ``CryptoError/memoryUnavailable``,
    ///   and ``CryptoError/invalidLength`` for an envelope of nothing.
    package func unwrap(
        _ wrapped: Span<UInt8>, context: borrowing SealingContext
    ) throws(CryptoError) -> SecretBytes {
        let bound = context.span
        let count = try Envelope.plaintextCount(of: wrapped)
        return try unsafe SecretBytes(byteCount: count) { (destination) throws(CryptoError) in
            try unsafe withPointer { (outer) throws(CryptoError) in
                try unsafe Envelope.open(wrapped, key: outer, context: bound, into: destination)
            }
        }
    }

    /// Makes a random 32-byte data key that exists only wrapped.
    ///
    /// - Throws: ``CryptoError/libraryUnavailable``.
    package func generateWrappedKey(
        context: borrowing SealingContext, term: UInt32, keyID: UInt64
    ) throws(CryptoError) -> [UInt8] {
        let header = EnvelopeHeader(term: term, keyID: keyID)
        let bound = context.span
        return try unsafe Scratch.withBytes(32) { (dataKey) throws(CryptoError) -> [UInt8] in
            unsafe randombytes_buf(dataKey, 32)
            let inner = unsafe Span(_unsafeStart: UnsafePointer(dataKey), count: 32)
            return try unsafe withPointer { (outer) throws(CryptoError) -> [UInt8] in
                try unsafe Envelope.seal(inner, key: outer, context: bound, header: header)
            }
        }
    }

    /// Seals `plaintext` with a wrapped data key, which is unwrapped on the stack and wiped again.
    ///
    /// Guarded memory takes four pages a key; there may be one data key per secret, so they are kept wrapped and
    /// opened for each use (about a microsecond).
    ///
    /// - Parameters:
    ///   - wrapped: made by ``generateWrappedKey(context:term:keyID:)`` of this key.
    ///   - wrappedContext: the context under which it was wrapped.
    /// - Throws: ``CryptoError/malformed``, ``CryptoError/authenticationFailed`` for `wrapped`;
    ///   ``CryptoError/inputTooLarge`` for `plaintext`.
    package func sealWithWrappedKey(
        _ plaintext: Span<UInt8>, wrapped: Span<UInt8>, wrappedContext: borrowing SealingContext,
        context: borrowing SealingContext, term: UInt32, keyID: UInt64
    ) throws(CryptoError) -> [UInt8] {
        let header = EnvelopeHeader(term: term, keyID: keyID)
        let bound = context.span
        return try unsafe withUnwrapped(wrapped, context: wrappedContext) { (key) throws(CryptoError) -> [UInt8] in
            try unsafe Envelope.seal(plaintext, key: key, context: bound, header: header)
        }
    }

    /// Opens `envelope` with a wrapped data key, which is unwrapped on the stack and wiped again.
    ///
    /// - Throws: ``CryptoError/malformed``, ``CryptoError/authenticationFailed``, for either of the two.
    package func openWithWrappedKey(
        _ envelope: Span<UInt8>, wrapped: Span<UInt8>, wrappedContext: borrowing SealingContext,
        context: borrowing SealingContext
    ) throws(CryptoError) -> [UInt8] {
        let bound = context.span
        return try unsafe withUnwrapped(wrapped, context: wrappedContext) { (key) throws(CryptoError) -> [UInt8] in
            try unsafe Envelope.open(envelope, key: key, context: bound)
        }
    }

    /// Moves a wrapped data key from this key to `successor` without exposing it: the step of rotation.
    ///
    /// - Throws: ``CryptoError/malformed``, ``CryptoError/authenticationFailed``.
    package func rewrap(
        _ wrapped: Span<UInt8>, context: borrowing SealingContext,
        for successor: AEADKey, newContext: borrowing SealingContext, term: UInt32, keyID: UInt64
    ) throws(CryptoError) -> [UInt8] {
        let header = EnvelopeHeader(term: term, keyID: keyID)
        let bound = newContext.span
        return try unsafe withUnwrapped(wrapped, context: context) { (dataKey) throws(CryptoError) -> [UInt8] in
            let inner = unsafe Span(_unsafeStart: dataKey, count: 32)
            return try unsafe successor.withPointer { (outer) throws(CryptoError) -> [UInt8] in
                try unsafe Envelope.seal(inner, key: outer, context: bound, header: header)
            }
        }
    }

    @inline(__always)
    private func withUnwrapped(
        _ wrapped: Span<UInt8>, context: borrowing SealingContext,
        _ body: (UnsafePointer<UInt8>) throws(CryptoError) -> [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        // Exactly 32 bytes, so that the scratch memory below is exactly filled.
        guard try Envelope.plaintextCount(of: wrapped) == Self.count else { throw .malformed }
        let bound = context.span
        return try unsafe Scratch.withBytes(32) { (dataKey) throws(CryptoError) -> [UInt8] in
            try unsafe withPointer { (outer) throws(CryptoError) in
                try unsafe Envelope.open(wrapped, key: outer, context: bound, into: dataKey)
            }
            return try unsafe body(UnsafePointer(dataKey))
        }
    }
}
