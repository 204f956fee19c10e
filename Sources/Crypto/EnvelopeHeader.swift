/// The readable beginning of an envelope: which key opens it.
///
/// Reading it needs no key, so rotation can find rows of old terms. It is bound to the ciphertext: a changed term or
/// key id makes the envelope unopenable.
package struct EnvelopeHeader: Equatable, Sendable {
    /// The term of the keyring under which the envelope was sealed.
    package let term: UInt32
    /// The identity of the key within its term, chosen by the caller.
    package let keyID: UInt64

    static let magic: UInt8 = 0x50
    static let format: UInt8 = 1
    static let algorithm: UInt8 = 1
    /// magic | format | algorithm | term | key id
    static let count = 15

    /// Creates the header for an envelope to be sealed.
    package init(term: UInt32, keyID: UInt64) {
        self.term = term
        self.keyID = keyID
    }

    /// Reads the header of an envelope without opening it.
    ///
    /// - Throws: ``CryptoError/malformed`` when `envelope` is too short to be one, or is of another format or algorithm.
    package static func parse(_ envelope: Span<UInt8>) throws(CryptoError) -> EnvelopeHeader {
        guard envelope.count >= Envelope.overhead,
            envelope[0] == magic, envelope[1] == format, envelope[2] == algorithm
        else { throw .malformed }
        var term: UInt32 = 0
        for index in 3..<7 { term = term << 8 | UInt32(envelope[index]) }
        var keyID: UInt64 = 0
        for index in 7..<15 { keyID = keyID << 8 | UInt64(envelope[index]) }
        return EnvelopeHeader(term: term, keyID: keyID)
    }

    /// The encoded header, as it stands at the beginning of the envelope.
    var encoded: [15 of UInt8] {
        var bytes = [15 of UInt8](repeating: 0)
        bytes[0] = Self.magic
        bytes[1] = Self.format
        bytes[2] = Self.algorithm
        for index in 0..<4 { bytes[3 + index] = UInt8(truncatingIfNeeded: term >> UInt32(24 - 8 * index)) }
        for index in 0..<8 { bytes[7 + index] = UInt8(truncatingIfNeeded: keyID >> UInt64(56 - 8 * index)) }
        return bytes
    }
}
