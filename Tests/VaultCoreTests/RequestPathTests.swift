import Notation
import Testing
import VaultCore

/// The one form of a path.
@Suite struct RequestPathTests {
    @Test(arguments: [
        "", "a", "a/b", "a/b/", "...", "....", "a/...", "a/.../b", ".a", "a.", "..a", "a..", "a/..b", "a b", "a+b",
        "secret/data/caf%C3%A9", "a%2Fb", "%252e%252e", "a/%252e%252e/b", "a%25b", "a%CC%81", "%E2%84%AA",
        "secret/%CC%81x/y",
    ])
    func ordinaryPathsAreTaken(raw: String) throws { _ = try RequestPath(decoding: Array(raw.utf8)) }

    @Test(arguments: [
        ".", "..", "./x", "x/.", "x/..", "x/./y", "x/../y", "../x", "x/../", "%2e", "%2e%2e", "x/%2e%2e/y",
        "x/%2E./y", "x/.%2e/y", "x%2f..%2fy", "..%2fx", "x/..%2f", "app/./../other", "secret/metadata/app/%2e%2e/other",
    ])
    func relativeSegmentsAreRefused(raw: String) {
        #expect(throws: RequestPath.Fault.relative) { _ = try RequestPath(decoding: Array(raw.utf8)) }
        #expect(RequestPath.Fault.relative.message == "relative paths not supported")
    }

    @Test(arguments: [
        "/", "//", "/a", "a//b", "a//", "a///b", "secret//data/a", "/secret/data/a", "a%2f%2fb", "a/%2f", "%2fa",
    ])
    func emptySegmentsAreRefused(raw: String) {
        #expect(throws: RequestPath.Fault.emptySegment) { _ = try RequestPath(decoding: Array(raw.utf8)) }
    }

    @Test(arguments: [
        "a%00b", "a%0Ab", "a%0D%0Ab", "a%1f", "a%7f", "%09", "%c3", "%ff", "a%80b", "%ed%a0%80", "%c0%ae%c0%ae/x",
        "%e2%80%a8", "%c2%85", "a/%c0%af/b",
    ])
    func bytesThatAreNotTextAreRefused(raw: String) {
        #expect(throws: RequestPath.Fault.unprintable) { _ = try RequestPath(decoding: Array(raw.utf8)) }
    }

    /// What a reader does not see cannot tell two paths apart.
    @Test(arguments: [
        "\u{A0}", "\u{AD}", "\u{200B}", "\u{200D}", "\u{202E}", "\u{3000}", "\u{FEFF}", "\u{E000}", "\u{FFFF}",
    ])
    func invisibleCharactersAreRefused(character: String) {
        for path in [character, "a/\(character)", "a\(character)b/c"] {
            #expect(throws: RequestPath.Fault.unprintable) { _ = try RequestPath(checking: Array(path.utf8)) }
        }
    }

    @Test(arguments: ["%", "a%", "a%2", "%zz", "%2g", "%-1", "a%%41", "%\u{0661}1"])
    func brokenPercentEncodingIsRefused(raw: String) {
        #expect(throws: RequestPath.Fault.percentEncoding) { _ = try RequestPath(decoding: Array(raw.utf8)) }
    }

    @Test func lengthIsLimitedAfterDecoding() throws {
        let longest = [UInt8](repeating: 0x61, count: RequestPath.byteLimit)
        #expect(try RequestPath(decoding: longest).bytes == longest)
        #expect(throws: RequestPath.Fault.tooLong) { _ = try RequestPath(decoding: longest + [0x61]) }
        let encoded = Array(String(repeating: "%61", count: RequestPath.byteLimit).utf8)
        #expect(try RequestPath(decoding: encoded).bytes == longest)
    }

    @Test func pathIsDecodedOnceAndPlusStaysPlus() throws {
        let path = try RequestPath(decoding: Array("a%2Fb+c/%252e".utf8))
        #expect(path.bytes == Array("a/b+c/%2e".utf8))
        #expect(path.asFolder.bytes == Array("a/b+c/%2e/".utf8))
        #expect(path.asFolder.asFolder.bytes == path.asFolder.bytes)
        #expect(try RequestPath(checking: []).asFolder.bytes == [])
    }

    /// What looks the same to a reader stays different.
    @Test func spellingsOfOneLetterAreDifferentPaths() throws {
        let composed = try RequestPath(decoding: Array("caf\u{E9}".utf8))
        let decomposed = try RequestPath(decoding: Array("cafe\u{301}".utf8))
        #expect(composed.bytes != decomposed.bytes)
    }

    /// A combining mark after a slash makes no other segment of it.
    @Test func delimitersAreFoundUnderCombiningMarks() {
        for mark in ["\u{301}", "\u{20E0}", "\u{FE0F}"] {
            for path in ["a/\(mark)/../b", "a/..\(mark)/../b", "a/\(mark)x/..", "a\(mark)/./b"] {
                #expect(throws: RequestPath.Fault.relative) { _ = try RequestPath(checking: Array(path.utf8)) }
            }
            #expect(throws: RequestPath.Fault.emptySegment) {
                _ = try RequestPath(checking: Array("a//\(mark)b".utf8))
            }
        }
    }
}
