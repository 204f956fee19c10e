import Testing

@testable import Notation

@Suite struct JSONRoundTripTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(arguments: [
        "0", "-0", "1.0", "1.50", "-1.50e3", "1E+2", "12345678901234567890", "0.1000", "1e400",
        "123456789012345678901234567890.123456789",
    ])
    func numbersKeepTheirText(_ number: String) throws {
        #expect(text(try JSON(parsing: "[\(number)]").serialized()) == "[\(number)]")
    }

    @Test(arguments: JSONCases.accepted)
    func writingAndReadingAgainChangesNothing(_ document: String) throws {
        let value = try JSON(parsing: document)
        let compact = value.serialized()
        #expect(try JSON(parsing: compact).isIdentical(to: value))
        #expect(try JSON(parsing: value.prettySerialized()).isIdentical(to: value))
        #expect(try JSON(parsing: compact).serialized() == compact)
    }

    @Test func membersKeepTheirOrder() throws {
        let document = #"{"z":1,"a":{"y":2,"b":3},"m":[]}"#
        #expect(text(try JSON(parsing: document).serialized()) == document)
    }

    @Test func canonicallyEquivalentNamesStayApart() throws {
        let value = try JSON(parsing: "{\"caf\u{E9}\":1,\"cafe\u{301}\":2}")
        #expect(value["caf\u{E9}"]?.intValue == 1)
        #expect(value["cafe\u{301}"]?.intValue == 2)
    }

    @Test func stringsAreEscapedLikeGoDoesWithoutItsMarkupEscapes() {
        let written = JSON.string("\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}<>&é").serialized()
        #expect(text(written) == #""\"\\/\b\f\n\r\t\u0000\u001f"# + "\u{7F}<>&é\"")
    }

    @Test func malformedTextIsWrittenAsReplacementCharacters() throws {
        for malformed in JSONCases.malformedText {
            var output: [UInt8] = []
            output.appendJSONString(utf8: Array("a".utf8) + malformed + Array("b".utf8))
            let value = try JSON(parsing: output).stringValue
            #expect(value?.hasPrefix("a\u{FFFD}") == true)
            #expect(value?.hasSuffix("b") == true)
        }
    }

    @Test func prettyFormHasOneMemberALine() throws {
        let value = try JSON(parsing: #"{"a":[1,{}],"b":{"c":[]},"d":"x"}"#)
        let expected = """
            {
              "a": [
                1,
                {}
              ],
              "b": {
                "c": []
              },
              "d": "x"
            }
            """
        #expect(text(value.prettySerialized()) == expected)
    }

    @Test func escapesAreResolved() throws {
        let value = try JSON(parsing: #""\u0041\u00e9\u20AC\uD83D\uDE00\/\"\\\b\f\n\r\t""#)
        #expect(value.stringValue == "Aé€😀/\"\\\u{8}\u{C}\n\r\t")
    }
}
