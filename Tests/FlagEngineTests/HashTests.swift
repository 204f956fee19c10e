import EngineKit
import FlagEngine
import Notation
import Testing

// Vectors from Python's hashlib (OpenSSL and the reference code of RFC 7693):
// python3 -c "import hashlib
// for n in [0,1,3,63,64,127,128,129,255,256,257,1000]:
//     print(n, hashlib.blake2b(bytes(i % 251 for i in range(n)), digest_size=32).hexdigest())"
@Suite struct BLAKE2bTests {
    @Test(arguments: [
        (0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
        (1, "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314"),
        (3, "3d8c3d594928271f44aad7a04b177154806867bcf918e1549c0bc16f9da2b09b"),
        (63, "29e41a64fbdd2fd27612228623c0702222bf367451e7324287f181cb3dcf7237"),
        (64, "10d8e6d534b00939843fe9dcc4dae48cdf008f6b8b2b82b156f5404d874887f5"),
        (127, "f2fe67ff342e21b8f45e8f2e0bcd1d9243245d50ee6c78042e9c491388791c72"),
        (128, "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1"),
        (129, "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9"),
        (255, "d9ef0fc521b4266d16df662bec231bc2ec3989e7adeaf63169c295dc239dbbea"),
        (256, "582f782226018ec33076bd8d1c42413530ac7e1126260ffc0f306ba3befc3f24"),
        (257, "227e15ed64ee8e93eb7bc53828f76eed974f2c4ab1408c3d08f212b7f8d69904"),
        (1_000, "b372d0608f720c8c3dd41e9c8eecb10143b41abe520b616607e754bf79c08331"),
    ])
    func agreesWithHashlib(length: Int, digest: String) {
        let bytes = (0..<length).map { UInt8($0 % 251) }
        #expect(BLAKE2b256.digest(of: bytes.span).hexadecimal == digest)
        #expect(Hexadecimal.encode(BLAKE2b256.digest(of: bytes.span).bytes) == digest)
    }

    @Test func takesPiecesOfAnyLength() {
        let bytes = (0..<1_000).map { UInt8($0 % 251) }
        var hash = BLAKE2b256()
        var start = 0
        for length in [0, 1, 127, 128, 129, 0, 256, 359] {
            hash.update(bytes.span.extracting(start..<(start + length)))
            start += length
        }
        #expect(start == 1_000)
        #expect(hash.finish() == BLAKE2b256.digest(of: bytes.span))
    }
}

// python3 -c "import hashlib
// def bucket(salt, value):
//     digest = hashlib.blake2b(salt.encode() + b'\0' + value.encode(), digest_size=32).digest()
//     return int.from_bytes(digest[:8], 'big') % 100000"
@Suite struct BucketTests {
    @Test(arguments: [
        ("salt", "u1", 91_529), ("salt", "u2", 65_786), ("checkout-2026", "user-12345", 74_146), ("x", "", 3_685),
        ("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "\u{E9}", 14_651),
        ("salt", "e\u{301}", 80_552), ("salt", "42", 67_109), ("salt", "4.50", 94_078), ("salt", "true", 68_726),
        ("s", String(repeating: "k", count: 512), 67_792), (" ", "~", 25_536), ("salt", "日本語", 20_848),
        ("edge", "id-276323", 0), ("edge", "id-94751", 9_999), ("edge", "id-53935", 10_000),
        ("edge", "id-62584", 99_999),
    ])
    func agreesWithHashlib(salt: String, value: String, bucket: Int) {
        #expect(BucketHash.blake2b.bucket(salt: salt, value: value) == bucket)
    }

    @Test(arguments: [(#""u1""#, 91_529), ("42", 67_109), ("4.50", 94_078), ("true", 68_726)])
    func usesTheTextOfNumbersAndBooleans(key: String, bucket: Int) throws {
        var world = FlagWorld()
        try world.flag("f", #"{"on":true,"fallthrough":{"percent":50,"variation":"on"}}"#)
        let evaluation = try world.evaluate("f", #"{"targetingKey":\#(key)}"#)
        #expect(evaluation.bucket == bucket)
        #expect(evaluation.boolValue == (bucket < 50_000))
    }

    @Test(arguments: [("id-276323", true), ("id-94751", true), ("id-53935", false), ("id-62584", false)])
    func endsARangeBeforeTheNextOne(id: String, isOn: Bool) throws {
        var world = FlagWorld()
        try world.flag("f", #"{"on":true,"fallthrough":{"percent":10,"variation":"on"}}"#, salt: "edge")
        #expect(try world.evaluate("f", #"{"targetingKey":"\#(id)"}"#).boolValue == isOn)
    }
}
