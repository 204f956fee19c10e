/// Envelopes made by an independent implementation.
///
/// Source: computed in Python with `hashlib.blake2b` and the ChaCha20-Poly1305 of pyca/cryptography 48.0.0, HChaCha20
/// written out after draft-irtf-cfrg-xchacha-03 section 2.2; that code reproduces the draft's vector of appendix A.3.1
/// (tag c0875924c1c7987947deafd8780acf49). The context is `context()` of the tests.
enum EnvelopeVectors {
    struct Vector: Sendable {
        let plaintext: [UInt8]
        let envelope: [UInt8]
    }

    static let key = [UInt8](0..<32)
    static let nonce = [UInt8](100..<124)
    static let term: UInt32 = 0x0102_0304
    static let keyID: UInt64 = 0x0506_0708_090A_0B0C

    static let all = [
        Vector(
            plaintext: [],
            envelope: bytes(
                """
                5001010102030405060708090a0b0c6465666768696a6b6c6d6e6f707172737475767778797a7b9b952c820a549b5f50\
                b0a5b35203619a35f552fbe8b961c08acb8b59248ed4b8
                """)),
        Vector(
            plaintext: text("abc"),
            envelope: bytes(
                """
                5001010102030405060708090a0b0c6465666768696a6b6c6d6e6f707172737475767778797a7b9b952c820a549b5f50\
                b0a5b35203619a9f062a7e4285309bb58d1597358bea1d35685d
                """)),
        Vector(
            plaintext: (0..<300).map { UInt8(truncatingIfNeeded: $0) },
            envelope: bytes(
                """
                5001010102030405060708090a0b0c6465666768696a6b6c6d6e6f707172737475767778797a7b9b952c820a549b5f50\
                b0a5b35203619afe654bfbcea53eedd155deb994e7452137e8eaad9a5a70be2771bb787b9c09c73d59668f45a55bebf0\
                64c78b5c6d06e53af6f5b89b89ff18ff3b7c30a14bf95041b622a33706f1fe12c94ee636a6b539ace15bb4b3320b0a03\
                048c39a7b4dfd8b2b1cd025a4e11c7ad3e73a86b11483ea5bfff2e36927de7dca3d968460d96fa934f07f13622376d02\
                bdd87c60d276fffed096be7c4ea6e56b07c4764d7208b7aa726dd71ac9aabbadd39dfa44c846176ccf4e163db5e42435\
                0cea47bb80feaae0176e92294f25c161a8316e4c789169c3272acbd32a2f1231e9097c412a88a5982b093a351632ff39\
                1a86b009198867870aa6e4d613a0b90a24fdc793d951f114c47eb3d79edafed7fc4e6c5a4cdb5bdd1439a0287a1b6cfc\
                c192941d5feb4e07ffaba1103e0b7f8993b0159a3f4237b8a3e83ee44c64c2bb287625
                """)),
    ]
}
