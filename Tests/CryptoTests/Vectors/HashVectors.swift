/// Known answers of hashes.
enum HashVectors {
    struct HMAC: Sendable {
        let key: [UInt8]
        let message: [UInt8]
        let code: [UInt8]
    }

    /// Source: RFC 4231 section 4, test cases 1–4, 6 and 7 (5 is about a truncated code).
    static let hmac = [
        HMAC(
            key: [UInt8](repeating: 0x0B, count: 20), message: text("Hi There"),
            code: bytes("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")),
        HMAC(
            key: text("Jefe"), message: text("what do ya want for nothing?"),
            code: bytes("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")),
        HMAC(
            key: [UInt8](repeating: 0xAA, count: 20), message: [UInt8](repeating: 0xDD, count: 50),
            code: bytes("773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")),
        HMAC(
            key: Array(1...25), message: [UInt8](repeating: 0xCD, count: 50),
            code: bytes("82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")),
        HMAC(
            key: [UInt8](repeating: 0xAA, count: 131),
            message: text("Test Using Larger Than Block-Size Key - Hash Key First"),
            code: bytes("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")),
        HMAC(
            key: [UInt8](repeating: 0xAA, count: 131),
            message: text(
                "This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm."),
            code: bytes("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2")),
    ]

    /// Source: FIPS 180-4 examples published by NIST (SHA224.pdf, SHA256.pdf, SHA384.pdf, SHA512.pdf); the empty message from Python's hashlib.
    static let sha256OfABC = bytes("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    static let sha256OfNothing = bytes("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    static let sha224OfABC = bytes("23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")
    static let sha384OfABC = bytes(
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
            + "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7")
    static let sha512OfABC = bytes(
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")

    /// Source: RFC 7693 appendix A.
    static let blake2b512OfABC = bytes(
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")

    /// Source: Python 3.11 `hashlib.blake2b(digest_size=32)`; the long message is byte i = i mod 251, 1,000 bytes.
    static let blake2b256OfABC = bytes("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
    static let blake2b256OfNothing = bytes("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")
    static let blake2b256OfLongMessage = bytes("b372d0608f720c8c3dd41e9c8eecb10143b41abe520b616607e754bf79c08331")

    /// Source: Python 3.11 `hashlib.blake2b` with key 00…1f; the parts with `person=b"pv.hash.parts.v1"` and lengths.
    static let keyed16 = bytes("1a64be47e4729d951c302ee543f97cf3")
    static let keyed32 = bytes("d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f")
    static let keyedParts16 = bytes("6cea55b343ad0622c65c79ca4a824c8c")
    static let keyedParts32 = bytes("b1a424b6d2260c11e25af6a9a812e037cae7a4970a07c51861eac1ffc7c483d0")

    /// Source: Python 3.11 `hashlib.blake2b(digest_size=32, key=00…1f, salt=00…0f, person=b"pv.index.v1")`.
    static let subkey = bytes("a0f481ea77743c439f30926615407a26537782510629454cc7ce6004b753edee")
}
