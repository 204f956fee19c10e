import Testing

@testable import Notation

@Suite("HCL errors")
struct HCLErrorTests {
    private func refusal(_ text: String) -> HCLError? {
        do {
            _ = try HCLDocument(parsing: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("a = ", 1, 5), ("a = \n\n  ]", 3, 3), ("a \"b\" = 1", 1, 7), ("= 1", 1, 1), ("{ } x", 1, 5),
        ("a = \"x\n\"", 1, 5), ("a = \"x", 1, 5), ("a = \"\\q\"", 1, 7), ("a = \"\\ud800\"", 1, 12),
        ("a = \"\\xff\"", 1, 5), ("a {\n b = 1", 2, 7), ("a = [1 2]", 1, 8), ("a = [,]", 1, 6), ("a = [1,,2]", 1, 8),
        ("a = <<EOF\nx", 1, 5), ("a = <<\nx", 1, 5), ("a = < 1", 1, 5), ("a = 08", 1, 5), ("a = 1.", 1, 5),
        ("a = 0x", 1, 5), ("a = 1abc", 1, 5), ("a = -", 1, 5), ("/* open", 1, 1), ("a / b", 1, 3), ("a = é", 1, 5),
        ("a = {", 1, 6), ("true = 1", 1, 1), ("1 = 1", 1, 1), ("a = b", 1, 5), ("a = 1 }", 1, 7),
        ("{\"a\":1,}", 1, 8), ("{\"a\" 1}", 1, 6), ("{a:1}", 1, 2), ("{\"a\":01}", 1, 6), ("{\"a\":nul}", 1, 6),
        ("{\"a\":1,\"a\":2}", 1, 8), ("{\"a\":[1,]}", 1, 9), ("{\"a\":\"\n\"}", 1, 7), ("{} // x", 1, 4),
        ("{\"a\":\"\\udc00\"}", 1, 13), ("{\"a\":\"\\ud83d\\u0041\"}", 1, 19), ("{\"a\":1", 1, 7),
    ])
    func errorsPointAtTheirPlace(_ text: String, _ line: Int, _ column: Int) throws {
        let error = try #require(refusal(text))
        #expect("\(error.line):\(error.column)" == "\(line):\(column)", "\(error.reason)")
    }

    @Test func messagesNeverRepeatTheText() throws {
        for text in [
            "a = \"s3cr3t", "a = s3cr3t", "s3cr3t 5", "a = [\"s3cr3t\" \"s3cr3t\"]", "{\"s3cr3t\":1,\"s3cr3t\":2}",
        ] {
            let error = try #require(refusal(text))
            #expect(!error.description.contains("s3cr3t"))
        }
    }

    @Test func malformedUTF8IsRefusedWithItsPlace() {
        #expect(throws: HCLError(line: 2, column: 6, reason: "the text is not valid UTF-8")) {
            try HCLDocument(parsing: Array("a = 1\nb = \"".utf8) + [0xFF, UInt8(ascii: "\"")])
        }
    }

    @Test(arguments: ["[", "{\"a\":", "{a=", "a {", "[{a="])
    func nestingIsBounded(_ opening: String) {
        let bomb = String(repeating: opening, count: 100_000)
        let texts = [bomb, "k = " + bomb, "{\"k\":" + bomb]
        #expect(texts.allSatisfy { refusal($0) != nil })
    }

    @Test func nestingUpToTheBoundIsAccepted() throws {
        let depth = HCLDocument.maximumDepth
        let lists = { (count: Int) in String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        #expect(refusal("k = " + lists(depth)) == nil)
        #expect(refusal("k = " + lists(depth + 1))?.reason == "nested too deeply")
    }

    @Test func blocksRefuseWhatIsNoBlock() throws {
        for text in ["p = 1", "p \"a\" \"b\" {}", "{\"p\":\"x\"}", "{\"p\":[1]}", "p { a = 1 }"] {
            let body = try HCLDocument(parsing: Array(text.utf8)).body
            #expect(throws: HCLError.self) { try body.blocks(named: "p", labels: 1) }
        }
    }

    @Test func attributesGivenTwiceAreRefused() throws {
        let body = try HCLDocument(parsing: Array("a = 1\n a = 2".utf8)).body
        #expect(throws: HCLError(line: 2, column: 2, reason: "duplicate key")) { try body.value(named: "a") }
    }

    @Test func mutatedTextsNeverTrap() {
        let seeds = [
            "path \"a/*\" { capabilities = [\"read\", \"list\"] # c\n x = <<-EOF\n  t\n  EOF\n } /* z */",
            "{\"path\":{\"a\":{\"capabilities\":[\"\\u00e9\",null,true,-1.5e3]}}}",
        ]
        var random = SplitMix(state: 7)
        var accepted = 0
        for round in 0..<20_000 {
            var text = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[index] = UInt8.random(in: 0...255, using: &random)
                case 1 where text.count > 1: text.remove(at: index)
                default: text.insert(Array("{}[]\"\\<-=,#/*:".utf8).randomElement(using: &random) ?? 0, at: index)
                }
            }
            if (try? HCLDocument(parsing: text)) != nil {
                accepted += 1
                let once = try? HCLFormatter.format(text)
                let twice = once.flatMap { try? HCLFormatter.format($0) }
                #expect(once != nil && once == twice, "\(String(decoding: text, as: UTF8.self))")
            }
        }
        #expect(accepted > 100 && accepted < 19_900)
    }
}

/// A small deterministic generator (SplitMix64, Steele, Lea and Flood 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
