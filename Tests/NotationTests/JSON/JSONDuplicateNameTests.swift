import Testing

@testable import Notation

@Suite struct JSONDuplicateNameTests {
    // Enough names that the object is no longer checked pair by pair, in an order that is not ascending.
    private static let manyNames = (0..<500).map { "name\(($0 * 211) % 500)" }

    private func document(_ names: [String]) -> String {
        "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
    }

    @Test func largeObjectsWithDifferentNamesAreAccepted() {
        #expect(JSONVerdicts(document(Self.manyNames)).parser == nil)
        #expect(JSONVerdicts(document(Self.manyNames.sorted())).parser == nil)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 250, 499])
    func largeObjectsWithOneNameTwiceAreRefused(_ position: Int) {
        for names in [Self.manyNames, Self.manyNames.sorted()] {
            let verdicts = JSONVerdicts(document(names + [names[position]]))
            #expect(verdicts.parser?.reason == .duplicateName)
            #expect(verdicts.agree)
        }
    }

    @Test func escapedSpellingsCountAsTheSameNameInLargeObjects() {
        let names = Self.manyNames + [#"\u006eame7"#]
        #expect(JSONVerdicts(document(names)).parser?.reason == .duplicateName)
        #expect(JSONVerdicts(document([#"\u006eame7"#] + Self.manyNames)).parser?.reason == .duplicateName)
        #expect(JSONVerdicts(document(Self.manyNames + [#"\u006Eame-other"#])).parser == nil)
    }

    @Test func anInnerObjectDoesNotHideTheOuterNames() {
        let inner = document(Self.manyNames)
        #expect(JSONVerdicts("{\"a\":\(inner),\"b\":\(inner),\"name1\":1}").parser == nil)
        #expect(JSONVerdicts("{\"a\":\(inner),\"b\":{},\"a\":1}").parser?.reason == .duplicateName)
        #expect(
            JSONVerdicts(#"{"\u0061":{"\u0061":{},"b":1},"b":{"\u0061":1},"\u0062":2}"#).parser?.reason
                == .duplicateName)
    }

    @Test func manyNamesTakeNearLinearTime() {
        let limits = JSONLimits.stored
        let prefix = String(repeating: "p", count: 40)
        let names = (0..<50_000).map { "\(prefix)\(($0 * 48_611) % 50_000)" }
        let elapsed = ContinuousClock().measure {
            #expect((try? JSONIndex(scanning: Array(document(names).utf8), limits: limits)) != nil)
        }
        // Comparing all pairs would take 1.25 thousand million comparisons.
        #expect(elapsed < .seconds(5))
    }
}
