import Testing

@testable import Notation

@Suite struct JSONIndexTests {
    private let document = Array(
        #"  {"data" : { "a" : [1, 2] ,"n":1.0} ,"options":{"cas":3},"s":"x\n\u00e9","t":true,"i":-7,"\u0065sc":null} "#
            .utf8)

    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func membersAreFoundAsTheyWereWritten() throws {
        let index = try JSONIndex(scanning: document)
        #expect(index.kind == .object)
        #expect(index.members.map(\.valueKind) == [.object, .object, .string, .boolean, .number, .null])
        #expect(text(index.member("data", in: document)?.rawValue(in: document)) == #"{ "a" : [1, 2] ,"n":1.0}"#)
        #expect(text(index.member("s", in: document)?.rawValue(in: document)) == #""x\n\u00e9""#)
        #expect(index.member("a", in: document) == nil)
        #expect(index.member("cas", in: document) == nil)
    }

    @Test func escapedNamesAreFoundByWhatTheyStandFor() throws {
        let index = try JSONIndex(scanning: document)
        #expect(index.member("esc", in: document)?.valueKind == .null)
        #expect(index.member(#"\u0065sc"#, in: document) == nil)
        let name = index.members.last?.name(in: document.span)
        #expect(text(name) == "esc")
    }

    @Test func scalarsAreRead() throws {
        let index = try JSONIndex(scanning: document)
        let string = try #require(index.member("s", in: document))
        let boolean = try #require(index.member("t", in: document))
        let number = try #require(index.member("i", in: document))
        let strings = [string, boolean, number].map { $0.stringValue(in: document.span) }
        let booleans = [string, boolean, number].map { $0.boolValue(in: document.span) }
        let integers = [string, boolean, number].map { $0.intValue(in: document.span) }
        #expect(strings == ["x\né", nil, nil])
        #expect(booleans == [nil, true, nil])
        #expect(integers == [nil, nil, -7])
    }

    @Test(arguments: [("[{\"data\":1}]", JSON.Kind.array), (" 5 ", .number), ("\"data\"", .string), ("null", .null)])
    func otherDocumentsHaveNoMembers(_ document: String, _ kind: JSON.Kind) throws {
        let index = try JSONIndex(scanning: Array(document.utf8))
        #expect(index.kind == kind)
        #expect(index.members.isEmpty)
        #expect(index.valueRange.count == document.utf8.count - (document.hasPrefix(" ") ? 2 : 0))
    }

    @Test func theWrongBytesNeverTrap() throws {
        let index = try JSONIndex(scanning: document)
        for other in [[], [0x22], Array("[]".utf8)] as [[UInt8]] {
            for member in index.members {
                #expect(member.rawValue(in: other).isEmpty)
                let string = member.stringBytes(in: other.span)
                let boolean = member.boolValue(in: other.span)
                let integer = member.intValue(in: other.span)
                #expect(string == nil && boolean == nil && integer == nil)
            }
            #expect(index.member("data", in: other) == nil)
        }
    }

    @Test func rawSlicesAreDocumentsOfTheirOwn() throws {
        let index = try JSONIndex(scanning: document)
        for member in index.members {
            #expect(try JSONIndex(scanning: member.rawValue(in: document)).kind == member.valueKind)
        }
    }
}
