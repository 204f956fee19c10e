internal import CSodium

/// A key for naming things: BLAKE2b under a 32-byte key gives each name a digest that reveals nothing without the key.
///
/// Used for row keys of encrypted names. Equal names under one key have equal digests; that is the point, and all
/// that leaks.
package final class KeyedHash: Sendable {
    private let key: SecretBytes

    /// Takes over a key of 32 bytes.
    ///
    /// - Throws: ``CryptoError/invalidLength``.
    package init(_ key: consuming SecretBytes) throws(CryptoError) {
        guard key.count == 32 else { throw .invalidLength }
        self.key = key
    }

    /// The 16-byte digest of `part`.
    package func digest16(_ part: Span<UInt8>) -> [16 of UInt8] {
        unsafe withDigest16 { output in
            unsafe key.withPointer { key in unsafe BLAKE2b.hash(into: output, count: 16, key: key, part) }
        }
    }

    /// The 16-byte digest of the list `first, second`; moving a byte between the parts changes it.
    package func digest16(_ first: Span<UInt8>, _ second: Span<UInt8>) -> [16 of UInt8] {
        unsafe withDigest16 { output in
            unsafe key.withPointer { key in
                unsafe BLAKE2b.hashParts(into: output, count: 16, key: key, first, second, nil)
            }
        }
    }

    /// The 16-byte digest of the list `first, second, third`.
    package func digest16(_ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>) -> [16 of UInt8] {
        unsafe withDigest16 { output in
            unsafe key.withPointer { key in
                unsafe BLAKE2b.hashParts(into: output, count: 16, key: key, first, second, third)
            }
        }
    }

    /// The 32-byte digest of `part`.
    package func digest32(_ part: Span<UInt8>) -> [32 of UInt8] {
        unsafe withDigest32 { output in
            unsafe key.withPointer { key in unsafe BLAKE2b.hash(into: output, count: 32, key: key, part) }
        }
    }

    /// The 32-byte digest of the list `first, second`; moving a byte between the parts changes it.
    package func digest32(_ first: Span<UInt8>, _ second: Span<UInt8>) -> [32 of UInt8] {
        unsafe withDigest32 { output in
            unsafe key.withPointer { key in
                unsafe BLAKE2b.hashParts(into: output, count: 32, key: key, first, second, nil)
            }
        }
    }

    /// The 32-byte digest of the list `first, second, third`.
    package func digest32(_ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>) -> [32 of UInt8] {
        unsafe withDigest32 { output in
            unsafe key.withPointer { key in
                unsafe BLAKE2b.hashParts(into: output, count: 32, key: key, first, second, third)
            }
        }
    }
}
