import Testing

@testable import vaultcli

@Suite struct RootTokenTests {
    /// Made by an OpenBao 2.7.2 server: `PUT sys/generate-root/update`, decoded by its own tool.
    @Test func decodesWhatAServerEncoded() async {
        let run = await Transcript.run(
            "operator", "generate-root", "-decode=R3QFNzsgUCdGd2N3GSh+O11mCwgFV0w1Qic",
            "-otp=4ZCGvU5UrNW0KNNUiVNZqcxY5D")
        #expect(run.output == "s.FpMuer494GRf0n40ERt44lwc")
        #expect(run.requests.isEmpty)
    }

    @Test func decodesFromStandardInputAndAsJSON() async {
        let run = await Transcript.run(
            "operator", "generate-root", "-format=json", "-decode=-", "-otp=4ZCGvU5UrNW0KNNUiVNZqcxY5D",
            input: "R3QFNzsgUCdGd2N3GSh+O11mCwgFV0w1Qic\n")
        #expect(run.output == "{\n  \"token\": \"s.FpMuer494GRf0n40ERt44lwc\"\n}\n")
    }

    @Test(arguments: [("R3QF", "4Z"), ("R3QF!", "4ZC"), ("R", "4"), ("", "4")])
    func refusesWhatDoesNotFit(encoded: String, password: String) {
        #expect(RootTokenCipher.decode(encoded, password: password) == nil)
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob"), ("Zm9vYmFy", "foobar"),
    ])
    func base64OfTheStandard(text: String, bytes: String) {
        #expect(Base64Text.decode(text) == Array(bytes.utf8))
    }

    @Test(arguments: [(26, 26), (28, 28), (0, 28), (-1, 28), (1 << 40, 28)])
    func passwordsHaveTheLengthTheServerWants(length: Int, count: Int) {
        #expect(RootTokenCipher.password(length: length).utf8.count == count)
        #expect(RootTokenCipher.password(length: length) != RootTokenCipher.password(length: length))
    }
}
