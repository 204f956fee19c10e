import Testing

@testable import Notation

@Suite struct ByteTextTests {
    @Test func canonicallyEquivalentTextsAreDifferentBytes() {
        #expect("caf\u{E9}" == "cafe\u{301}")
        #expect(!"caf\u{E9}".bytesEqual(to: "cafe\u{301}"))
        #expect("caf\u{E9}".bytesEqual(to: "caf\u{E9}"))
    }

    @Test func graphemesDoNotHideDelimiters() {
        #expect("a\r\nb".containsByte(UInt8(ascii: "\n")))
        #expect("secret/\u{301}x/y".bytesSplit(on: UInt8(ascii: "/")) == ["secret", "\u{301}x", "y"])
        #expect("secret/\u{301}x".hasBytePrefix("secret/"))
        #expect("x/\u{200D}y".hasBytePrefix("x/"))
        #expect("a*\u{301}".containsByte(UInt8(ascii: "*")))
        #expect("x\u{301}".hasByteSuffix("\u{301}"))
    }

    @Test func onlyASCIILettersAreLowerCased() {
        #expect("AZaz09@[`{".asciiLowercased() == "azaz09@[`{")
        #expect("bac\u{212A}up".asciiLowercased().bytesEqual(to: "bac\u{212A}up"))
        #expect("\u{C9}".asciiLowercased().bytesEqual(to: "\u{C9}"))
        #expect("X-Vault-TOKEN".bytesEqualIgnoringASCIICase(to: "x-vault-token"))
        #expect(!"bac\u{212A}up".bytesEqualIgnoringASCIICase(to: "backup"))
        #expect(!"ab".bytesEqualIgnoringASCIICase(to: "abc"))
        #expect(!"[".bytesEqualIgnoringASCIICase(to: "{"))
        #expect([UInt8]("Ab".utf8).asciiLowercased() == [UInt8]("ab".utf8))
    }

    @Test(arguments: [
        ("", ""), ("a", ""), ("a", "a"), ("ab", "a"), ("a", "ab"), ("ab", "b"), ("abc", "bc"), ("abc", "bd"),
    ])
    func prefixesAndSuffixesAgreeWithSequences(_ text: String, _ part: String) {
        let (bytes, other) = (Array(text.utf8), Array(part.utf8))
        #expect(text.hasBytePrefix(part) == bytes.starts(with: other))
        #expect(text.hasByteSuffix(part) == bytes.reversed().starts(with: other.reversed()))
        #expect(bytes.hasBytePrefix(other) == bytes.starts(with: other))
        #expect(bytes.hasByteSuffix(part) == text.hasByteSuffix(part))
        #expect(text.containsBytes(part) == (other.isEmpty || text.contains(part)))
        #expect(ByteOrder.precedes(text, part) == bytes.lexicographicallyPrecedes(other))
    }

    @Test func orderIsByUnsignedBytes() {
        #expect(ByteOrder.precedes("z", "\u{E9}"))
        #expect(ByteOrder.precedes("\u{FFFF}", "\u{10000}"))
        #expect(ByteOrder.precedes([0x7F], [0x80]))
        #expect(!ByteOrder.precedes("a", "a"))
    }

    @Test(arguments: [
        ("", [""]), ("/", ["", ""]), ("a", ["a"]), ("a/b", ["a", "b"]), ("a//b/", ["a", "", "b", ""]),
    ])
    func splittingKeepsEmptyParts(_ text: String, _ parts: [String]) {
        #expect(text.bytesSplit(on: UInt8(ascii: "/")) == parts)
        #expect(Array(text.utf8).bytesSplit(on: UInt8(ascii: "/")).map { Array($0) } == parts.map { Array($0.utf8) })
    }

    @Test func trimmingRemovesASCIISpaceOnly() {
        #expect(" \t\r\n\u{B}\u{C}a b \n".trimmingASCIISpace() == "a b")
        #expect("\u{A0}a\u{2003}".trimmingASCIISpace().bytesEqual(to: "\u{A0}a\u{2003}"))
        #expect("  ".trimmingASCIISpace().isEmpty)
        #expect("".trimmingASCIISpace().isEmpty)
        #expect(Array(" a ".utf8).trimmingASCIISpace() == [UInt8(ascii: "a")])
    }

    @Test func searchingFindsTheFirstAndLastByte() {
        let bytes = Array("a/b/c".utf8)
        let slash = UInt8(ascii: "/")
        let first = [0, 2, 99, -5].map { bytes.span.firstByteIndex(of: slash, from: $0) }
        #expect(first == [1, 3, nil, 1])
        let last = [slash, 0].map { bytes.span.lastByteIndex(of: $0) }
        #expect(last == [3, nil])
    }

    @Test(arguments: ["", "a b~", "é€😀", "\u{301}", "日本"])
    func printableText(_ text: String) {
        #expect(text.isPrintable)
    }

    @Test(arguments: [
        "\0", "a\n", "\u{7F}", "\u{85}", "\u{A0}", "\u{200D}", "\u{2028}", "\u{202E}", "\u{E000}", "\u{FFFF}",
        "\u{378}", "\u{3000}",
    ])
    func textThatIsNotPrintable(_ text: String) {
        #expect(!text.isPrintable)
        #expect(!text.isPrintableASCII)
    }

    @Test func printableASCIIStopsAtTilde() {
        #expect(" ~".isPrintableASCII)
        #expect(!"é".isPrintableASCII)
        #expect(!([0xFF] as [UInt8]).isPrintable)
    }

    @Test(arguments: [0, 7, -1, 10, 99, -100, .max, .min] as [Int64])
    func decimalsAgreeWithTheStandardLibrary(_ value: Int64) {
        var output: [UInt8] = []
        output.append(decimal: value)
        #expect(String(decoding: output, as: UTF8.self) == "\(value)")
    }

    @Test func decimalsAreFilledWithZeros() {
        var output: [UInt8] = []
        output.append(decimal: 7, minimumDigits: 4)
        output.append(decimal: -7, minimumDigits: 2)
        output.append(decimal: 12345, minimumDigits: 4)
        output.append(decimal: 1, minimumDigits: .max)
        #expect(String(decoding: output, as: UTF8.self) == "0007-071234500000000000000000001")
    }

    // Functions that do nothing but pass a string on, as the other modules have them: release builds once ended the
    // stack frame that held a short string's bytes before they were read.
    private func passOn(_ text: String) -> Bool { text.isPrintable }
    private func passOn(_ text: String, _ prefix: String) -> Bool { text.hasBytePrefix(prefix) }

    @Test(arguments: 0...20)
    func stringsOfEveryLengthReadAsTheirOwnBytes(_ length: Int) {
        let text = String(repeating: "a", count: length)
        #expect(passOn(text))
        #expect(passOn(text, text))
        #expect(text.withUTF8Bytes { [UInt8]($0) } == Array(text.utf8))
    }
}
