import VaultCrypto

extension Keyring {
    /// The bytes before the terms.
    private static let frontByteCount = 100
    /// The bytes of one term.
    private static let termByteCount = 52

    /// The keyring as bytes in protected memory, to be sealed under the root key.
    ///
    ///     format 1 | zero 1 | number of terms 2 | index key 32 | token key 32 | audit seed 32 |
    ///     for each term: number 4 | installed 8 | seal count 8 | key 32
    ///
    /// Numbers are big-endian. Cluster, its name and the generation are part of what the seal is bound to.
    func encode() throws(CryptoError) -> SecretBytes {
        guard let count = UInt16(exactly: terms.count) else { throw .malformed }
        let byteCount = Self.frontByteCount + terms.count * Self.termByteCount
        return try SecretBytes(count: byteCount) { output throws(CryptoError) in
            output[0] = 1
            Self.write(UInt64(count), bytes: 2, at: 2, to: &output)
            try Self.write(indexKey.bytes, at: 4, to: &output)
            try Self.write(tokenKey.bytes, at: 36, to: &output)
            try Self.write(auditSeed.bytes, at: 68, to: &output)
            var offset = Self.frontByteCount
            for term in terms {
                Self.write(UInt64(term.number), bytes: 4, at: offset, to: &output)
                Self.write(UInt64(bitPattern: term.installed), bytes: 8, at: offset + 4, to: &output)
                Self.write(term.encryptions, bytes: 8, at: offset + 12, to: &output)
                try Self.write(term.key.bytes, at: offset + 20, to: &output)
                offset += Self.termByteCount
            }
        }
    }

    /// Reads a keyring back.
    ///
    /// - Throws: `CryptoError.malformed` when the bytes are none.
    init(decoding secret: borrowing SecretBytes, generation: UInt64) throws(CryptoError) {
        let ring = try secret.withSpan { bytes throws(CryptoError) -> Keyring? in
            guard bytes.count >= Self.frontByteCount, bytes[0] == 1 else { throw .malformed }
            let count = Int(Self.number(in: bytes, at: 2, bytes: 2))
            guard bytes.count == Self.frontByteCount + count * Self.termByteCount else { throw .malformed }
            var terms: [TermKey] = []
            for index in 0..<count {
                let offset = Self.frontByteCount + index * Self.termByteCount
                terms.append(
                    TermKey(
                        number: UInt32(Self.number(in: bytes, at: offset, bytes: 4)),
                        installed: Int64(bitPattern: Self.number(in: bytes, at: offset + 4, bytes: 8)),
                        key: try StoredKey(SecretBytes(copying: bytes.extracting((offset + 20)..<(offset + 52)))),
                        sealed: Self.number(in: bytes, at: offset + 12, bytes: 8)))
            }
            return Keyring(
                generation: generation, terms: terms,
                indexKey: KeyMaterial(try SecretBytes(copying: bytes.extracting(4..<36))),
                tokenKey: KeyMaterial(try SecretBytes(copying: bytes.extracting(36..<68))),
                auditSeed: KeyMaterial(try SecretBytes(copying: bytes.extracting(68..<100))))
        }
        guard let ring else { throw .malformed }
        self = ring
    }

    private static func write(_ number: UInt64, bytes: Int, at offset: Int, to output: inout MutableSpan<UInt8>) {
        for index in 0..<bytes {
            output[offset + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * (bytes - 1 - index)))
        }
    }

    private static func write(
        _ secret: borrowing SecretBytes, at offset: Int, to output: inout MutableSpan<UInt8>
    ) throws(CryptoError) {
        guard secret.count == AEADKey.count else { throw .malformed }
        secret.withSpan { bytes in
            for index in 0..<bytes.count { output[offset + index] = bytes[index] }
        }
    }

    private static func number(in bytes: Span<UInt8>, at offset: Int, bytes count: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<count { number = number << 8 | UInt64(bytes[offset + index]) }
        return number
    }
}
