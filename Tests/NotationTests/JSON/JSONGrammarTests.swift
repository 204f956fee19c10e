import Testing

@testable import Notation

@Suite struct JSONGrammarTests {
    @Test(arguments: JSONCases.accepted)
    func everyReaderAccepts(_ document: String) {
        let verdicts = JSONVerdicts(document)
        #expect(verdicts.parser == nil)
        #expect(verdicts.agree)
    }

    @Test(arguments: JSONCases.refused)
    func everyReaderRefuses(_ document: String) {
        let verdicts = JSONVerdicts(document)
        #expect(verdicts.parser != nil)
        #expect(verdicts.agree)
    }

    @Test(arguments: JSONCases.malformedText)
    func textThatIsNotUTF8IsRefused(_ text: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        for prefix in [[], Array("ab".utf8), Array("\u{20AC}".utf8)] {
            let verdicts = JSONVerdicts([quote] + prefix + text + [quote])
            #expect(verdicts.parser?.reason == .invalidUTF8)
            #expect(verdicts.agree)
        }
        #expect(JSONVerdicts([UInt8(ascii: "{"), quote] + text + Array("\":1}".utf8)).parser?.reason == .invalidUTF8)
    }

    @Test func everyPrefixOfADocumentIsRefused() {
        let document = Array(#"{"a":[1,-2.5e+3,"x\u00e9\uD83D\uDE00é",true,false,null],"b":{"c":{}}}"#.utf8)
        #expect(JSONVerdicts(document).parser == nil)
        for length in 0..<document.count {
            let verdicts = JSONVerdicts(Array(document[..<length]))
            #expect(verdicts.parser != nil)
            #expect(verdicts.agree)
        }
    }

    @Test(arguments: [
        ("[1,x]", JSONError.Reason.invalidCharacter, 3), ("[1", .unexpectedEnd, 2), ("1 1", .trailingContent, 2),
        ("[01]", .invalidNumber, 2), (#"["\q"]"#, .invalidEscape, 2), (#"["\uDC00"]"#, .loneSurrogate, 2),
        (#"{"a":1,"a":2}"#, .duplicateName, 7), ("[\"\u{1}\"]", .unescapedControlCharacter, 2),
    ])
    func errorsNameTheRuleAndTheOffset(_ document: String, _ reason: JSONError.Reason, _ offset: Int) {
        #expect(JSONVerdicts(document).parser == JSONError(reason, at: offset))
    }

    @Test func errorsDoNotQuoteTheDocument() {
        let error = JSONVerdicts(#"{"password":"hunter2"x}"#).parser
        #expect(error?.description == "invalid character at offset 21")
        #expect(!String(reflecting: error).contains("hunter2"))
    }

    @Test func depthIsBounded() {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(JSONVerdicts(nested(64)).parser == nil)
        #expect(JSONVerdicts(nested(65)).parser == JSONError(.tooDeep, at: 64))
        let deepest = JSONLimits(maxDepth: .max)
        #expect(JSONVerdicts(nested(128), limits: deepest).parser == nil)
        #expect(JSONVerdicts(nested(129), limits: deepest).parser?.reason == .tooDeep)
        let objects = String(repeating: "{\"a\":", count: 128) + "1" + String(repeating: "}", count: 128)
        #expect(JSONVerdicts(objects, limits: deepest).parser == nil)
    }

    @Test func countsAreBounded() {
        let limits = JSONLimits(maxStrings: 3, maxTokens: 4)
        #expect(JSONVerdicts(#"{"a":"b","c":1}"#, limits: limits).parser == nil)
        #expect(JSONVerdicts(#"{"a":"b","c":"d"}"#, limits: limits).parser?.reason == .tooManyStrings)
        #expect(JSONVerdicts("[1,2,3]", limits: limits).parser == nil)
        #expect(JSONVerdicts("[1,2,3,4]", limits: limits).parser?.reason == .tooManyTokens)
    }

    @Test func numbersHaveABoundedLength() {
        let digits = { (count: Int) in String(repeating: "7", count: count) }
        #expect(JSONVerdicts(digits(64)).parser == nil)
        #expect(JSONVerdicts(digits(65)).parser == JSONError(.numberTooLong, at: 0))
        #expect(JSONVerdicts("[" + digits(100_000) + "]").parser?.reason == .numberTooLong)
    }

    @Test(arguments: [
        String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 300_000),
        "[" + String(repeating: "{},", count: 1_000_000) + "{}]",
        "{" + (0..<200_000).map { "\"\($0)\":1" }.joined(separator: ",") + "}",
    ])
    func bombsAreRefusedByALimit(_ document: String) {
        let verdicts = JSONVerdicts(document)
        #expect(verdicts.parser?.isLimit == true)
        #expect(verdicts.agree)
    }

    @Test func aStringMayBeLong() throws {
        let text = String(repeating: "x\u{E9}\\n", count: 500_000)
        let value = try JSON(parsing: "\"\(text)\"")
        #expect(value.stringValue?.utf8.count == 500_000 * 4)
    }
}
