import Notation
import Testing

@testable import vaultcli

@Suite struct FlagChangeTests {
    private func lines(_ left: String, _ right: String) throws -> [String] {
        FlagChange.between(try JSON(parsing: left), try JSON(parsing: right)).map(\.line)
    }

    @Test(arguments: [
        (#"{"a":1,"b":[1]}"#, #"{"b":[1],"a":1}"#, []),
        (#"{"on":true}"#, #"{"on":false}"#, ["~ on: true -> false"]),
        (#"{"a":{"b":1}}"#, #"{"a":{"c":2}}"#, ["- a.b: 1", "+ a.c: 2"]),
        (
            #"{"rules":[{"id":"r1","serve":{"variation":"on"}}]}"#,
            #"{"rules":[{"id":"r1","serve":{"variation":"off"}}]}"#,
            ["~ rules[r1].serve.variation: on -> off"]
        ),
        (#"{"rules":[]}"#, #"{"rules":[{"id":"r1"}]}"#, [#"+ rules[r1]: {"id":"r1"}"#]),
        (
            #"{"rules":[{"id":"a"},{"id":"b"}]}"#, #"{"rules":[{"id":"b"},{"id":"a"}]}"#,
            [#"~ rules: ["a","b"] -> ["b","a"]"#]
        ),
        (
            #"{"split":[{"variation":"on","weight":1},{"variation":"off","weight":9}]}"#,
            #"{"split":[{"variation":"on","weight":2},{"variation":"off","weight":8}]}"#,
            ["~ split[on].weight: 1 -> 2", "~ split[off].weight: 9 -> 8"]
        ),
        (
            #"{"targets":[{"variation":"on","kind":"user","keys":["a"]}]}"#,
            #"{"targets":[{"variation":"on","kind":"user","keys":["a","b"]}]}"#,
            [#"~ targets[user:on].keys: ["a"] -> ["a","b"]"#]
        ),
    ])
    func differencesAreNamedByWhereTheyAre(left: String, right: String, expected: [String]) throws {
        #expect(try lines(left, right) == expected)
    }

    @Test func valuesCannotCommandTheTerminal() throws {
        #expect(try lines(#"{"a":"x"}"#, #"{"a":"\u001b[2J"}"#) == [#"~ a: x -> \x1b[2J"#])
    }

    @Test func prerequisitesAreATree() throws {
        let states = try JSON(
            parsing: """
                {"checkout":{"state":"on","prerequisites":[{"flag":"shop","variation":"on"},
                  {"flag":"bank","variation":"v2"}]},
                 "shop":{"state":"off","prerequisites":[{"flag":"base","variation":"on"}]},
                 "base":{"state":"on","prerequisites":[]}, "alone":{"state":"on","prerequisites":[]}}
                """)
        #expect(
            FlagTree.lines(states.objectValue ?? [:]) == [
                "checkout (on)", "    needs shop = on (off)", "        needs base = on (on)",
                "    needs bank = v2 (no state here)",
            ])
    }

    @Test func aCircleOfPrerequisitesEnds() throws {
        let states = try JSON(
            parsing: """
                {"a":{"state":"on","prerequisites":[{"flag":"b","variation":"on"}]},
                 "b":{"state":"on","prerequisites":[{"flag":"c","variation":"on"}]},
                 "c":{"state":"on","prerequisites":[{"flag":"b","variation":"on"}]}}
                """)
        #expect(
            FlagTree.lines(states.objectValue ?? [:])
                == ["a (on)", "    needs b = on (on)", "        needs c = on (on)"])
    }

    @Test func targetsAreOnOneListOfTheirKind() {
        var targets = FlagTargets([
            ["variation": "on", "keys": ["a", "b"], "kind": "user"],
            ["variation": "off", "keys": ["c"], "kind": "user"],
            ["variation": "off", "keys": ["a"], "kind": "device"],
        ])
        targets.remove(["a", "c"], kind: "user", from: nil)
        targets.add(["c", "d", "d"], kind: "user", to: "on")
        #expect(
            String(decoding: targets.json.serialized(), as: UTF8.self)
                == #"[{"variation":"on","keys":["b","c","d"],"kind":"user"},"#
                + #"{"variation":"off","keys":["a"],"kind":"device"}]"#)
    }

    @Test func removingTargetsCountsThemAndKeepsOtherVariations() {
        var targets = FlagTargets([["variation": "on", "keys": ["a"], "kind": "user"]])
        #expect(targets.remove(["a"], kind: "user", from: "off") == 0)
        #expect(targets.remove(["a", "x"], kind: "user", from: "on") == 1)
        #expect(targets.json.arrayValue?.isEmpty == true)
    }

    @Test(arguments: [([], "r1"), (["r1"], "r2"), (["r2"], "r3"), (["r3", "staff"], "r4"), (["r2", "r3"], "r4")])
    func newRulesHaveFreeNames(rules: [String], name: String) {
        #expect(FlagRules.freeID(in: rules.map { ["id": .string($0)] }) == name)
    }
}
