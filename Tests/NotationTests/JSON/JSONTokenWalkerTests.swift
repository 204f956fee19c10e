import Testing

@testable import Notation

@Suite struct JSONTokenWalkerTests {
    private func rewrite(
        _ document: String, offering scope: JSONTokenWalker.Scope = .strings,
        transform: (Span<UInt8>, JSONTokenWalker.Place) -> [UInt8]?
    ) throws -> String {
        var output = Array(">".utf8)
        try JSONTokenWalker.rewriteStrings(
            Array(document.utf8).span, into: &output, offering: scope, transform: transform)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func stringValuesAreReplacedAndNamesAreKept() throws {
        let result = try rewrite(#"{ "a": "x", "b\u0062": ["y", 1, {"c":"z"}], "d": 1.0, "e": [ ], "f": { } }"#) {
            text, _ in
            Array("h(".utf8) + [UInt8](text) + Array(")".utf8)
        }
        #expect(result == #">{"a":"h(x)","b\u0062":["h(y)",1,{"c":"h(z)"}],"d":1.0,"e":[],"f":{}}"#)
    }

    @Test func whatIsNotReplacedStaysAsItWasWritten() throws {
        let document = #"{"a":"\u0041\/","b":[true,false,null,-1.50E+2],"c":""}"#
        #expect(try rewrite(document) { _, _ in nil } == ">" + document)
        #expect(try rewrite(" [ 1 , \"a\\nb\"\n, { } ] ") { _, _ in nil } == #">[1,"a\nb",{}]"#)
    }

    @Test func theTransformSeesDecodedTextAndThePlace() throws {
        var seen: [String] = []
        _ = try rewrite(#"{"a":"\u0041\n","\u0062":[["B"],{"c":"C"}],"d":{"e":"E"}}"#) { text, place in
            let name = place.topLevelName.map { String(decoding: $0, as: UTF8.self) } ?? "-"
            seen.append("\(name) \(place.depth) \(String(decoding: [UInt8](text), as: UTF8.self))")
            return nil
        }
        #expect(seen == ["a 1 A\n", "b 3 B", "b 3 C", "d 2 E"])
    }

    @Test func documentsThatAreNoObjectHaveNoTopLevelName() throws {
        var places: [Int] = []
        _ = try rewrite(#"["x",{"a":"y"}]"#) { _, place in
            #expect(place.topLevelName == nil)
            places.append(place.depth)
            return nil
        }
        #expect(places == [1, 2])
        #expect(try rewrite(#" "x" "#) { _, place in place.depth == 0 ? Array("y".utf8) : nil } == #">"y""#)
    }

    @Test func replacementsAreEscaped() throws {
        #expect(try rewrite(#"["x"]"#) { _, _ in Array("\"\n".utf8) } == #">["\"\n"]"#)
    }

    @Test func otherScalarsAreOfferedOnRequest() throws {
        let result = try rewrite(#"{"a":[1.50,true,null,"s"]}"#, offering: .scalars) { text, place in
            Array("\(place.kind):".utf8) + [UInt8](text)
        }
        #expect(result == #">{"a":["number:1.50","boolean:true","null:null","string:s"]}"#)
    }

    @Test func aRefusedDocumentLeavesTheOutputAsItWas() {
        for document in JSONCases.refused {
            var output = Array("kept".utf8)
            #expect(throws: JSONError.self) {
                try JSONTokenWalker.rewriteStrings(Array(document.utf8).span, into: &output) { _, _ in [] }
            }
            #expect(output == Array("kept".utf8))
        }
    }

    @Test(arguments: JSONCases.accepted)
    func copyingWithoutReplacementEqualsTheTree(_ document: String) throws {
        let copy = try rewrite(document) { _, _ in nil }
        #expect(try JSON(parsing: String(copy.dropFirst())).isIdentical(to: try JSON(parsing: document)))
    }
}
