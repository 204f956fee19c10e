import EngineKit
import FlagEngine
import Notation
import Testing

@Suite struct EditingTests {
    private let definition = #"{"type":"string","variations":{"red":"r","green":"g","blue":"b"}}"#

    private func state(_ document: String, salt: String = "s") throws -> FlagState {
        try FlagState(
            json: try json(document), definition: try FlagDefinition(json: try json(definition)), salt: salt)
    }

    // RFC 7396, appendix A.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#), ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func appliesMergePatches(target: String, patch: String, result: String) throws {
        #expect(text(MergePatch.apply(try json(patch), to: try json(target))) == result)
    }

    @Test func patchesAStateAndKeepsItsSalt() throws {
        let before = try state(
            #"{"off_variation":"red","fallthrough":{"percent":5,"variation":"blue"},"rules":[{"id":"a","serve":{"variation":"red"}}]}"#
        )
        let definition = try FlagDefinition(json: try json(definition))
        let after = try before.patched(
            with: try json(#"{"on":true,"fallthrough":{"variation":"green"},"rules":null}"#), definition: definition)
        #expect(
            text(after.json)
                == #"{"on":true,"off_variation":"red","fallthrough":{"variation":"green"},"targets":[],"rules":[],"#
                + #""prerequisites":[],"sticky_by":"targetingKey","sticky_assignment":false,"hash":"blake2b","salt":"s"}"#
        )
        let again = try before.patched(with: try json(#"{"salt":null}"#), definition: definition)
        #expect(again.salt == "s")
        let error = #expect(throws: ModelError.self) {
            try before.patched(with: try json(#"{"fallthrough":{"percent":7}}"#), definition: definition)
        }
        #expect(error?.description == "fallthrough.variation: is missing")
    }

    @Test func promotesEverythingButTheSalt() throws {
        let staging = try state(#"{"on":true,"off_variation":"red","fallthrough":{"variation":"green"}}"#, salt: "one")
        let production = try state(#"{"off_variation":"blue"}"#, salt: "two")
        let promoted = staging.promoted(onto: production)
        #expect(promoted.salt == "two" && promoted.isOn && promoted.offVariation == "red")
        #expect(staging.promoted(onto: nil).salt == "one")
        #expect(
            production.changes(to: promoted).map(\.json).map(text) == [
                #"{"path":"on","from":false,"to":true}"#, #"{"path":"off_variation","from":"blue","to":"red"}"#,
                #"{"path":"fallthrough.variation","from":"blue","to":"green"}"#,
            ])
    }

    @Test(arguments: [
        (
            #"{"a":1,"b":{"c":2}}"#, #"{"b":{"c":2.0},"d":null}"#,
            [#"{"path":"a","from":1}"#, #"{"path":"b.c","from":2,"to":2.0}"#, #"{"path":"d","to":null}"#]
        ),
        (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, []),
        (
            #"{"keys":["u1","u2","u3"]}"#, #"{"keys":["u2","u3","u4"]}"#,
            [#"{"path":"keys","from":"u1"}"#, #"{"path":"keys","to":"u4"}"#]
        ),
        (#"{"keys":["u1","u2"]}"#, #"{"keys":["u2","u1"]}"#, [#"{"path":"keys","from":["u1","u2"],"to":["u2","u1"]}"#]),
        (
            #"{"rules":[{"id":"a","x":1},{"id":"b","x":1}]}"#, #"{"rules":[{"id":"c"},{"id":"a","x":2}]}"#,
            [
                #"{"path":"rules[a].x","from":1,"to":2}"#, #"{"path":"rules[b]","from":{"id":"b","x":1}}"#,
                #"{"path":"rules[c]","to":{"id":"c"}}"#,
            ]
        ),
        (
            #"{"rules":[{"id":"a"},{"id":"b"}]}"#, #"{"rules":[{"id":"b"},{"id":"a"}]}"#,
            [#"{"path":"rules","from":["a","b"],"to":["b","a"]}"#]
        ),
        (#"{"rules":[]}"#, #"{"rules":[{"id":"a"}]}"#, [#"{"path":"rules[a]","to":{"id":"a"}}"#]),
        (
            #"{"targets":[{"variation":"on","keys":["a"],"kind":"user"}]}"#,
            #"{"targets":[{"variation":"on","keys":["a","b"],"kind":"user"}]}"#,
            [#"{"path":"targets[user:on].keys","to":"b"}"#]
        ),
        (#"{"values":[1,2]}"#, #"{"values":[1,3]}"#, [#"{"path":"values","from":[1,2],"to":[1,3]}"#]),
        (#"{"values":["a","a"]}"#, #"{"values":["a"]}"#, [#"{"path":"values","from":["a","a"],"to":["a"]}"#]),
    ])
    func tellsWhatChanged(from: String, to: String, changes: [String]) throws {
        #expect(FieldChange.between(try json(from), try json(to)).map(\.json).map(text) == changes)
    }

    @Test func knowsItsVariationsAndSegments() throws {
        let state = try state(
            #"{"on":true,"off_variation":"red","fallthrough":{"variation":"red"},"rules":[{"if":[{"segment":"x"},{"segment":"y"}],"serve":{"percent":1,"variation":"blue"}},{"if":[{"segment":"x"}],"serve":{"variation":"red"}}]}"#
        )
        #expect(state.variationsInUse == ["red", "blue"])
        #expect(state.segmentsInUse == ["x", "y"])
        #expect(state.onlyVariation == nil)
    }

    @Test(arguments: [
        (#"{"off_variation":"red","fallthrough":{"variation":"blue"}}"#, "red"),
        (#"{"on":true,"off_variation":"red","fallthrough":{"variation":"blue"}}"#, "blue"),
        (#"{"on":true,"off_variation":"red","fallthrough":{"percent":100,"variation":"blue"}}"#, "blue"),
        (#"{"on":true,"off_variation":"red","fallthrough":{"percent":99,"variation":"blue"}}"#, nil),
        (
            #"{"on":true,"off_variation":"red","fallthrough":{"variation":"blue"},"targets":[{"variation":"red","keys":["a"]}]}"#,
            nil
        ),
        (
            #"{"on":true,"off_variation":"red","fallthrough":{"variation":"blue"},"targets":[{"variation":"red","keys":[]}]}"#,
            "blue"
        ),
    ])
    func knowsWhenTheContextMakesNoDifference(document: String, only: String?) throws {
        #expect(try state(document).onlyVariation == only)
    }
}

@Suite struct SegmentTests {
    @Test func comesBackAsItWasWritten() throws {
        let document =
            #"{"conditions":[{"attribute":"a","operator":"equals","values":["x"],"negate":false}],"#
            + #""include":["u1"],"exclude":["u2"],"match":"any"}"#
        #expect(text(try Segment(json: try json(document)).json) == document)
        #expect(text(try Segment(json: [:]).json) == #"{"conditions":[],"include":[],"exclude":[],"match":"all"}"#)
    }

    @Test(arguments: [
        (
            #"{"conditions":[{"segment":"x"}]}"#,
            "conditions[0]: must be about an attribute; a segment cannot refer to a segment"
        ),
        (#"{"match":"none"}"#, "match: must be one of all, any"),
        (#"{"include":["a","a"]}"#, "include[1]: is in the list twice"),
        (#"{"exclude":[1]}"#, "exclude[0]: must be a string of 1 to 512 bytes"),
        (#"{"keys":[]}"#, "keys: is not a known member"),
    ])
    func isRefusedWithTheFieldNamed(document: String, message: String) throws {
        let error = try #require(throws: ModelError.self) { try Segment(json: try json(document)) }
        #expect(error.description == message)
    }

    @Test func holdsAHundredThousandKeys() throws {
        let keys = (0..<100_000).map { "key-\($0)" }
        let segment = try Segment(json: ["include": .strings(keys)])
        var world = FlagWorld()
        try world.flag("f", #"{"on":true,"rules":[{"if":[{"segment":"s"}],"serve":{"variation":"on"}}]}"#)
        let set = FlagSet(
            environment: "e", revision: 1, flags: world.flags,
            segments: [SegmentSource(name: "s", segment: segment, version: 1)])
        for (key, isMember) in [("key-0", true), ("key-99999", true), ("key-100000", false), ("key-", false)] {
            let evaluation = set.evaluate("f", context: try context(#"{"targetingKey":"\#(key)"}"#), now: FlagWorld.now)
            #expect(evaluation.boolValue == isMember)
        }
        #expect(throws: ModelError.self) { try Segment(json: ["include": .strings(keys + ["one more"])]) }
    }
}
