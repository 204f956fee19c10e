import Testing

@testable import Notation

@Suite("HCL documents")
struct HCLDocumentTests {
    private func value(_ text: String) throws -> HCLValue? {
        try HCLDocument(parsing: Array(text.utf8)).body.value(named: "key")
    }

    @Test(arguments: [
        (#"key = "plain""#, "plain"),
        (#"key = """#, ""),
        (#"key = "a\"b\\c""#, #"a"b\c"#),
        (#"key = "\n\t\r""#, "\n\t\r"),
        (#"key = "\u00e9\U0001F600\x41\101""#, "é😀AA"),
        (#"key = "${untouched}""#, "${untouched}"),
        ("key = <<EOF\none\ntwo\nEOF\n", "one\ntwo\n"),
        ("key = <<EOF\nEOF\n", ""),
        ("key = <<EOF\n  EOFX\nx EOF\n  EOF", "  EOFX\nx EOF\n"),
        ("key = <<-EOF\n    one\n      two\n    EOF\n", "one\n  two\n"),
        ("key = <<-EOF\n  one\n      two\n    EOF\n", "  one\n      two\n"),
        ("key = <<EOF\r\none\r\nEOF\r\n", "one\r\n"),
        ("\u{FEFF}key = \"bom\"", "bom"),
        ("key = \"e\u{301}\"", "e\u{301}"),
    ])
    func stringsKeepTheirBytes(_ text: String, _ expected: String) throws {
        let string = try #require(try value(text)?.stringValue)
        #expect(Array(string.utf8) == Array(expected.utf8))
    }

    @Test(arguments: ["0", "-1", "1.50", "1e9", "-2.5E-3", "0x1F", "0755", "12345678901234567890123"])
    func numbersKeepTheirLiteral(_ literal: String) throws {
        #expect(try value("key = \(literal)") == .number(literal))
    }

    @Test func commentsAreSkippedWhereverTheyStand() throws {
        let text = """
            # one
            // two
            /* three
               lines */ key /* before */ = /* between */ [ 1, # in a list
              2, ] // after
            """
        #expect(try value(text) == .list([.number("1"), .number("2")]))
    }

    @Test func assignmentSignsAndCommasAreOptionalInObjects() throws {
        let spellings = ["key { a = 1, b { c = true } }", "key = { a = 1 b = { c = true } }", "key {a=1\nb {c=true},}"]
        let bodies = try spellings.map { try shape(#require(try value($0))) }
        #expect(bodies == Array(repeating: "{a:1 b:{c:true}}", count: 3))
    }

    private func shape(_ value: HCLValue) -> String {
        switch value {
        case .body(let body):
            "{"
                + body.items.map { $0.keys.joined(separator: ".") + ":" + shape($0.value) }
                .joined(separator: " ") + "}"
        case .number(let text), .string(let text): text
        case .bool(let bool): "\(bool)"
        case .null: "null"
        case .list(let values): "[" + values.map(shape).joined(separator: " ") + "]"
        }
    }

    @Test func itemsKnowTheirPlaceInScalarsNotBytes() throws {
        let body = try HCLDocument(parsing: Array("a = \"é\" b = 1\n  c \"x\" {}".utf8)).body
        #expect(body.items.map { "\($0.name) \($0.line):\($0.column)" } == ["a 1:1", "b 1:9", "c 2:3"])
    }

    @Test(arguments: [
        #"listener "tcp" { address = "x" }"#,
        #"listener { tcp { address = "x" } }"#,
        #"listener = { tcp = { address = "x" } }"#,
        #"{"listener":{"tcp":{"address":"x"}}}"#,
        #"{"listener":[{"tcp":{"address":"x"}}]}"#,
        #" {"listener":{"tcp":[{"address":"x"}]}} "#,
    ])
    func blocksReadAlikeInEverySpelling(_ text: String) throws {
        let blocks = try HCLDocument(parsing: Array(text.utf8)).body.blocks(named: "listener", labels: 1)
        let block = try #require(blocks.first)
        #expect(blocks.count == 1 && block.labels == ["tcp"])
        #expect(try block.body.value(named: "address") == .string("x"))
    }

    @Test func repeatedBlocksKeepTheirOrder() throws {
        let hcl = #"a "x" "1" {} a "y" "2" {} a "x" "3" {}"#
        let json = #"{"a":[{"x":{"1":{}}},{"y":{"2":{}}},{"x":{"3":{}}}]}"#
        for text in [hcl, json] {
            let blocks = try HCLDocument(parsing: Array(text.utf8)).body.blocks(named: "a", labels: 2)
            #expect(blocks.map(\.labels) == [["x", "1"], ["y", "2"], ["x", "3"]])
        }
    }

    @Test func namesThatAreOnlyCanonicallyEqualAreDifferent() throws {
        let body = try HCLDocument(parsing: Array("\"caf\u{E9}\" = 1 \"cafe\u{301}\" = 2".utf8)).body
        #expect(try body.value(named: "caf\u{E9}") == .number("1"))
        #expect(try body.value(named: "cafe\u{301}") == .number("2"))
    }

    @Test func scalarsConvertTheWayConfigurationNeeds() {
        #expect(HCLValue.string("true").boolean == true)
        #expect(HCLValue.number("0").boolean == false)
        #expect(HCLValue.string("yes").boolean == nil)
        #expect(HCLValue.string("42").integer == 42)
        #expect(HCLValue.number("0x1F").integer == 31)
        #expect(HCLValue.number("-0755").integer == -493)
        #expect(HCLValue.number("9223372036854775808").integer == nil)
        #expect(HCLValue.number("1.5").integer == nil)
        #expect(HCLValue.string("1h30m").duration == GoDuration(seconds: 5400))
        #expect(HCLValue.number("90").duration == GoDuration(seconds: 90))
        #expect(HCLValue.number("-1").duration == nil)
        #expect(HCLValue.string("").duration == nil)
        #expect(HCLValue.string("9223372036854775807h").duration == nil)
        #expect(HCLValue.list([.string("a"), .number("1")]).strings == nil)
        #expect(HCLValue.string("a").strings == ["a"])
    }
}
