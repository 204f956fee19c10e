@testable import VaultCrypto

/// The bytes of hexadecimal digits; spaces are skipped.
func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.utf8.filter { $0 != 0x20 }.map { digit in
        UInt8(digit < 0x3A ? digit - 0x30 : digit - 0x57)
    }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The bytes of a text.
func text(_ string: String) -> [UInt8] {
    Array(string.utf8)
}

/// A secret of known bytes.
func secret(_ known: [UInt8]) throws -> SecretBytes {
    try SecretBytes(copying: known.span)
}

/// The bytes of a secret, which only a test takes out.
func reveal(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withSpan { span in span.indices.map { span[$0] } }
}

/// The key 00 01 … 1f.
func countingKey() throws -> AEADKey {
    try AEADKey(secret(Array(0..<32)))
}

/// A context like those of the barrier.
func context(_ path: String = "secret/data/a", version: UInt64 = 7) -> SealingContext {
    SealingContext(domain: "pv1|test").appending(text(path)).appending(version)
}

// The expectation macro takes a call apart and cannot carry spans, so what it calls takes arrays.

extension SigningKey {
    static func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool {
        isValid(signature.span, for: message.span, publicKey: publicKey.span)
    }
}

extension HMACKey {
    func isValid(_ code: [UInt8], for message: [UInt8]) -> Bool {
        isValid(code.span, for: message.span)
    }
}

extension PasswordHash {
    func matches(_ password: [UInt8]) -> Bool {
        matches(password.span)
    }
}

extension ConstantTime {
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        isEqual(left.span, right.span)
    }
}

extension SecretStreamEncryptor {
    mutating func push(_ chunk: [UInt8], associated: [UInt8], isFinal: Bool) throws(CryptoError) -> [UInt8] {
        try push(chunk.span, associated: associated.span, isFinal: isFinal)
    }
}

extension SecretStreamDecryptor {
    init(key: borrowing SecretBytes, header: [UInt8]) throws(CryptoError) {
        try self.init(key: key, header: header.span)
    }

    mutating func pull(
        _ chunk: [UInt8], associated: [UInt8]
    ) throws(CryptoError) -> (plaintext: [UInt8], isFinal: Bool) {
        try pull(chunk.span, associated: associated.span)
    }
}
