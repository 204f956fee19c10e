import Testing

@testable import Notation

@Suite struct EncodingTests {
    /// RFC 4648 section 10.
    static let base64Vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: base64Vectors)
    func base64FollowsTheVectorsOfRFC4648(_ plain: String, _ encoded: String) {
        let bytes = Array(plain.utf8)
        let unpadded = String(encoded.prefix { $0 != "=" })
        #expect(Base64.encode(bytes) == encoded)
        #expect(Base64.encode(bytes, padded: false) == unpadded)
        #expect(Base64.decode(encoded) == bytes)
        #expect(Base64.decode(unpadded, padded: false) == bytes)
        #expect((Base64.decode(unpadded) == bytes) == (unpadded == encoded))
        #expect((Base64.decode(encoded, padded: false) == bytes) == (unpadded == encoded))
    }

    @Test func base64AlphabetsDifferInTwoCharacters() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xFE]
        #expect(Base64.encode(bytes) == "+//+")
        #expect(Base64.encode(bytes, alphabet: .urlSafe) == "-__-")
        #expect(Base64.decode("-__-", alphabet: .urlSafe) == bytes)
        #expect(Base64.decode("-__-") == nil)
        #expect(Base64.decode("+//+", alphabet: .urlSafe) == nil)
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "=", "==", "====", "A===", "Zh==", "Zm9=", "Zm9v ", " Zm9v", "Zm9v\n", "Zm\n9v",
        "Z=9v", "Zg==Zg==", "Zm9v====", "Zm9\u{E9}", "Zm9*",
    ])
    func base64RefusesEverySecondSpelling(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["Z", "Zg==", "Zh", "Zm9", "Zm9vZ", "=", "Zm9v="])
    func base64WithoutPaddingRefusesEverySecondSpelling(_ text: String) {
        #expect(Base64.decode(text, padded: false) == nil)
    }

    @Test func everyByteSurvivesBase64() {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
            for alphabet in [Base64.Alphabet.standard, .urlSafe] {
                for padded in [true, false] {
                    let text = Base64.encode(bytes, alphabet: alphabet, padded: padded)
                    #expect(Base64.decode(text, alphabet: alphabet, padded: padded) == bytes)
                }
            }
        }
    }

    @Test func everyByteSurvivesHexadecimal() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hexadecimal.encode(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        #expect(Hexadecimal.decode(text) == bytes)
        #expect(Hexadecimal.decode(text.uppercased()) == bytes)
    }

    /// RFC 4648 section 10.
    @Test func hexadecimalFollowsTheVectorOfRFC4648() {
        #expect(Hexadecimal.encode(Array("foobar".utf8)) == "666f6f626172")
        #expect(Hexadecimal.decode("666F6F626172") == Array("foobar".utf8))
    }

    @Test(arguments: ["0", "0g", "g0", "0x", "00 ", " 00", "0\u{E9}", "00:00", "@0", "`0", "/0", ":0"])
    func hexadecimalRefusesAnythingElse(_ text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }

    /// The words of `strconv.ParseBool`, https://pkg.go.dev/strconv#ParseBool.
    @Test func truthIsReadAsGoReadsIt() {
        for word in ["1", "t", "T", "TRUE", "true", "True"] { #expect(GoBoolean.parse(word) == true) }
        for word in ["0", "f", "F", "FALSE", "false", "False"] { #expect(GoBoolean.parse(word) == false) }
        for word in ["", "tRUE", "yes", "on", "2", "-1", " true", "true\u{301}"] {
            #expect(GoBoolean.parse(word) == nil)
        }
    }
}
