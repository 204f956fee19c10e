import Testing

@testable import vaultcli

@Suite struct OutputMaskTests {
    private static func masked(_ text: String, _ secrets: [String], cutEvery size: Int) -> String {
        var mask = OutputMask(MaskPatterns(secrets.flatMap(MaskPatterns.texts)))
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            output += mask.take(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return String(decoding: output + mask.finish(), as: UTF8.self)
    }

    @Test(arguments: [
        ("password=hunter2!", ["hunter2"], "password=********!"),
        ("hunterhunter2hunter", ["hunter2"], "hunter********hunter"),
        ("abcdefghij", ["abcdef", "efghij"], "********"), ("abcabcabcd", ["abcabcd"], "abc********"),
        ("xaaaaay", ["aaaa"], "x********y"), ("one two", ["one ", "two!"], "********two"),
        ("aaaabbbb", ["aaaa", "bbbb"], "********"), ("secretsecret", ["secret"], "********"),
        ("nothing here", ["secret"], "nothing here"), ("abc", ["abc"], "abc"), ("hunt", ["hunter2"], "hunt"),
        ("ab\nline one\r\nline two\n", ["line one\nline two\nxyz"], "ab\n********\r\n********\n"),
        ("line one\nline two\nend", ["line one\nline two\n"], "********end"),
        (#"{"k":"a\"b\nc"}"#, ["a\"b\nc"], #"{"k":"********"}"#), ("grün: schlüssel", ["schlüssel"], "grün: ********"),
        ("ushers", ["hers", "sher", "usher"], "********"),
    ])
    func secretsAreMaskedHoweverTheStreamIsCut(text: String, secrets: [String], expected: String) {
        for size in 1...text.utf8.count {
            #expect(Self.masked(text, secrets, cutEvery: size) == expected, "cut every \(size) bytes")
        }
    }

    @Test func whatCannotBecomeASecretIsPassedOnAtOnce() {
        var mask = OutputMask(MaskPatterns([Array("secret".utf8)]))
        #expect(mask.take(Array("Password: ".utf8)) == Array("Password: ".utf8))
        #expect(mask.take(Array("sec".utf8)).isEmpty)
        #expect(mask.take(Array("ond".utf8)) == Array("second".utf8))
        #expect(mask.take(Array("secre".utf8)).isEmpty)
        #expect(mask.finish() == Array("secre".utf8))
    }

    @Test func newTextsAreLookedForInWhatIsHeldBackToo() {
        var mask = OutputMask(MaskPatterns([Array("abcdef".utf8)]))
        #expect(mask.take(Array("xabcd".utf8)) == Array("x".utf8))
        mask.replace(MaskPatterns([Array("abcdef".utf8), Array("bcdz".utf8)]))
        #expect(mask.take(Array("z!".utf8)) == Array("a********!".utf8))
    }

    /// The fast search must find what a plain one finds.
    @Test(arguments: 0..<60) func masksWhatAPlainSearchFinds(seed: UInt64) {
        var random = Numbers(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        let text = (0..<400).map { _ in UInt8(97 + random.next() % 3) }
        let patterns = (0..<6).map { _ in
            (0..<(4 + random.next() % 5)).map { _ in UInt8(97 + random.next() % 3) }
        }
        var isSecret = [Bool](repeating: false, count: text.count)
        for pattern in patterns {
            for start in 0...(text.count - pattern.count) where text[start...].starts(with: pattern) {
                for place in start..<(start + pattern.count) { isSecret[place] = true }
            }
        }
        var expected: [UInt8] = []
        for place in text.indices {
            if !isSecret[place] {
                expected.append(text[place])
            } else if place == 0 || !isSecret[place - 1] {
                expected += Array("********".utf8)
            }
        }
        var mask = OutputMask(MaskPatterns(patterns))
        var output: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            let size = Int(1 + random.next() % 7)
            output += mask.take(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(output + mask.finish() == expected)
    }

    /// Numbers that are the same in each run (xorshift64*).
    private struct Numbers {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return (state &* 0x2545_F491_4F6C_DD1D) >> 33
        }
    }
}
