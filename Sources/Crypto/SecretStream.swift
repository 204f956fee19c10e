internal import CSodium

/// The numbers of `crypto_secretstream_xchacha20poly1305`.
///
/// ```
/// stream = header 24 | chunk+        chunk = encrypted tag 1 | ciphertext | tag 16
/// ```
/// Order is bound: a chunk that is dropped, moved or repeated does not open. A stream cut at its end is recognised only
/// by the reader, who must insist on a chunk marked final.
package enum SecretStream {
    /// Length of the header in bytes.
    package static let headerCount = 24
    /// Bytes a sealed chunk has beyond its plaintext.
    package static let chunkOverhead = 17
    /// Longest plaintext of a chunk in bytes.
    package static let maximumChunkCount = 16 << 20

    static let message: UInt8 = 0
    static let final: UInt8 = 3

    static var stateCount: Int { MemoryLayout<crypto_secretstream_xchacha20poly1305_state>.size }
}

/// Seals a stream of chunks, for backups and archives.
package struct SecretStreamEncryptor: ~Copyable {
    private let state: SecretMemory
    private var isFinished = false
    /// The beginning of the stream; the reader needs it.
    package let header: [24 of UInt8]

    /// Starts a stream under a 32-byte key.
    ///
    /// - Throws: ``CryptoError/invalidLength``, ``CryptoError/memoryUnavailable``.
    package init(key: borrowing SecretBytes) throws(CryptoError) {
        guard key.count == 32 else { throw .invalidLength }
        let state = try SecretMemory(count: SecretStream.stateCount)
        var header = [24 of UInt8](repeating: 0)
        var span = header.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { header in
            guard let header = header.baseAddress else { return }
            unsafe key.withPointer { key in
                unsafe state.withStream { _ = unsafe crypto_secretstream_xchacha20poly1305_init_push($0, header, key) }
            }
        }
        self.state = state
        self.header = header
    }

    /// Seals the next chunk.
    ///
    /// - Parameters:
    ///   - chunk: up to 16 MiB.
    ///   - associated: bound to the chunk but not stored, such as its index and the name of the archive.
    ///   - isFinal: whether this is the last one; nothing can be pushed after it.
    /// - Throws: ``CryptoError/streamFinished``, ``CryptoError/inputTooLarge``.
    package mutating func push(
        _ chunk: Span<UInt8>, associated: Span<UInt8>, isFinal: Bool
    ) throws(CryptoError) -> [UInt8] {
        guard !isFinished else { throw .streamFinished }
        guard chunk.count <= SecretStream.maximumChunkCount else { throw .inputTooLarge }
        let total = chunk.count + SecretStream.chunkOverhead
        let sealed = unsafe [UInt8](unsafeUninitializedCapacity: total) { output, count in
            guard let output = output.baseAddress else { return }
            unsafe chunk.withUnsafeBufferPointer { chunk in
                unsafe associated.withUnsafeBufferPointer { associated in
                    unsafe state.withStream { stream in
                        _ = unsafe crypto_secretstream_xchacha20poly1305_push(
                            stream, output, nil, chunk.baseAddress, UInt64(chunk.count), associated.baseAddress,
                            UInt64(associated.count), isFinal ? SecretStream.final : SecretStream.message)
                    }
                }
            }
            count = total
        }
        isFinished = isFinal
        return sealed
    }
}

/// Opens a stream of chunks made by ``SecretStreamEncryptor``.
package struct SecretStreamDecryptor: ~Copyable {
    private let state: SecretMemory
    /// Whether the final chunk has been opened. A stream that ends before is truncated and must be refused.
    package private(set) var isFinished = false

    /// Starts to read a stream.
    ///
    /// - Throws: ``CryptoError/invalidLength`` for another length of key, ``CryptoError/malformed`` for another length of
    ///   header, ``CryptoError/memoryUnavailable``.
    package init(key: borrowing SecretBytes, header: Span<UInt8>) throws(CryptoError) {
        guard key.count == 32 else { throw .invalidLength }
        guard header.count == SecretStream.headerCount else { throw .malformed }
        let state = try SecretMemory(count: SecretStream.stateCount)
        let status = unsafe header.withUnsafeBufferPointer { header in
            guard let header = header.baseAddress else { return CInt(-1) }
            return unsafe key.withPointer { key in
                unsafe state.withStream { unsafe crypto_secretstream_xchacha20poly1305_init_pull($0, header, key) }
            }
        }
        guard status == 0 else { throw .malformed }
        self.state = state
    }

    /// Opens the next chunk.
    ///
    /// - Returns: the plaintext, and whether the chunk was marked final.
    /// - Throws: ``CryptoError/streamFinished`` after the final chunk, ``CryptoError/malformed`` for a chunk too short or
    ///   too long, ``CryptoError/authenticationFailed`` for a changed, moved or foreign one. The reader stays at the
    ///   chunk that failed.
    package mutating func pull(
        _ chunk: Span<UInt8>, associated: Span<UInt8>
    ) throws(CryptoError) -> (plaintext: [UInt8], isFinal: Bool) {
        guard !isFinished else { throw .streamFinished }
        let plaintextCount = chunk.count - SecretStream.chunkOverhead
        guard (0...SecretStream.maximumChunkCount).contains(plaintextCount) else { throw .malformed }
        var tag: UInt8 = 0
        var isAuthentic = false
        let plaintext = unsafe [UInt8](unsafeUninitializedCapacity: plaintextCount) { output, count in
            isAuthentic = unsafe open(chunk, associated: associated, into: output.baseAddress, tag: &tag)
            count = isAuthentic ? plaintextCount : 0
        }
        guard isAuthentic else { throw .authenticationFailed }
        isFinished = tag == SecretStream.final
        return (plaintext, isFinished)
    }

    private func open(
        _ chunk: Span<UInt8>, associated: Span<UInt8>, into output: UnsafeMutablePointer<UInt8>?, tag: inout UInt8
    ) -> Bool {
        unsafe chunk.withUnsafeBufferPointer { chunk in
            unsafe associated.withUnsafeBufferPointer { associated in
                unsafe state.withStream { stream in
                    unsafe crypto_secretstream_xchacha20poly1305_pull(
                        stream, output, nil, &tag, chunk.baseAddress, UInt64(chunk.count), associated.baseAddress,
                        UInt64(associated.count)) == 0
                }
            }
        }
    }
}

extension SecretMemory {
    /// Lends the memory as a stream state, which consists of bytes and so needs no alignment.
    fileprivate func withStream<Result>(
        _ body: (UnsafeMutablePointer<crypto_secretstream_xchacha20poly1305_state>) -> Result
    ) -> Result {
        unsafe base.withMemoryRebound(to: crypto_secretstream_xchacha20poly1305_state.self, capacity: 1) {
            unsafe body($0)
        }
    }
}
