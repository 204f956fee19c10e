internal import CSodium

/// A key for HMAC-SHA256 (RFC 2104): token lookup and audit redaction.
///
/// The key is absorbed once; each message starts from a copy of that state, which saves two of four compressions for
/// a short message.
package final class HMACKey: Sendable {
    /// The state after the key, which is as secret as the key.
    private let keyed: SecretMemory

    private static var stateCount: Int { MemoryLayout<crypto_auth_hmacsha256_state>.size }

    /// Prepares a key of any length from one byte.
    ///
    /// - Throws: ``CryptoError/memoryUnavailable``.
    package init(_ key: borrowing SecretBytes) throws(CryptoError) {
        // The memory's end lies on a page boundary and the size is a multiple of 16, so it is aligned for the state.
        keyed = try SecretMemory(count: Self.stateCount)
        let keyCount = key.count
        unsafe key.withPointer { bytes in
            unsafe keyed.base.withMemoryRebound(to: crypto_auth_hmacsha256_state.self, capacity: 1) { state in
                _ = unsafe crypto_auth_hmacsha256_init(state, bytes, keyCount)
            }
        }
    }

    /// The code of `message`, 32 bytes.
    package func authenticate(_ message: Span<UInt8>) -> [32 of UInt8] {
        unsafe withDigest32 { output in
            unsafe Scratch.withBytes(Self.stateCount) { scratch in
                unsafe scratch.update(from: keyed.base, count: Self.stateCount)
                unsafe scratch.withMemoryRebound(to: crypto_auth_hmacsha256_state.self, capacity: 1) { state in
                    _ = unsafe message.withUnsafeBufferPointer { bytes in
                        unsafe crypto_auth_hmacsha256_update(state, bytes.baseAddress, UInt64(bytes.count))
                    }
                    _ = unsafe crypto_auth_hmacsha256_final(state, output)
                }
            }
        }
    }

    /// Whether `code` is the code of `message`, compared in constant time.
    package func isValid(_ code: Span<UInt8>, for message: Span<UInt8>) -> Bool {
        let expected = authenticate(message)
        return ConstantTime.isEqual(code, expected.span)
    }
}
