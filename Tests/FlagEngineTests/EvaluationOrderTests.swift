import FlagEngine
import Notation
import Testing

/// The order of evaluation, step by step.
@Suite struct EvaluationOrderTests {
    private let everything = #"""
        "off_variation":"off","fallthrough":{"variation":"on"},
        "targets":[{"variation":"on","keys":["u1"]}],"rules":[{"id":"all","serve":{"variation":"on"}}]
        """#

    @Test func firstAnUnknownFlagHasNoValue() throws {
        let evaluation = try FlagWorld().evaluate("nothing")
        #expect(evaluation.errorCode == .flagNotFound && evaluation.reason == .error)
        #expect(evaluation.value == nil && evaluation.variation == nil && evaluation.flag == nil)
    }

    @Test func firstAFlagWithoutAStateLeavesTheDefaultToTheCaller() throws {
        var world = FlagWorld()
        try world.flag("f", nil, isArchived: true)
        let evaluation = try world.evaluate("f")
        #expect(evaluation.reason == .default && evaluation.errorCode == nil && evaluation.value == nil)
    }

    @Test(arguments: [(true, false, true), (false, true, true), (true, true, false), (false, false, false)])
    func secondAndThirdArchivedKilledAndOffServeTheOffVariation(isArchived: Bool, isKilled: Bool, isOn: Bool) throws {
        var world = FlagWorld()
        try world.flag("other", #"{"on":true}"#)
        try world.flag(
            "f", #"{"on":\#(isOn),\#(everything),"prerequisites":[{"flag":"other","variation":"on"}]}"#,
            isArchived: isArchived, isKilled: isKilled)
        let evaluation = try world.evaluate("f", #"{"targetingKey":"u1"}"#)
        #expect(evaluation.reason == .disabled && evaluation.variation == "off")
        #expect(evaluation.failedPrerequisite == nil)
    }

    @Test func fourthTheFirstUnmetPrerequisiteDecides() throws {
        var world = FlagWorld()
        try world.flag("met", #"{"on":true,"fallthrough":{"variation":"on"}}"#)
        try world.flag("unmet", #"{"on":true}"#)
        try world.flag(
            "f",
            #"{"on":true,\#(everything),"prerequisites":[{"flag":"met","variation":"on"},{"flag":"unmet","variation":"on"},{"flag":"absent","variation":"on"}]}"#
        )
        let evaluation = try world.evaluate("f", #"{"targetingKey":"u1"}"#)
        #expect(evaluation.reason == .disabled && evaluation.variation == "off")
        #expect(evaluation.failedPrerequisite == "unmet" && evaluation.prerequisiteIndex == 1)
    }

    @Test(arguments: [
        (#"{"on":true,"fallthrough":{"variation":"on"}}"#, "on", true),
        (#"{"on":false,"fallthrough":{"variation":"on"}}"#, "on", false),
        (#"{"on":false}"#, "off", true),
        (#"{"on":true,"fallthrough":{"percent":100,"variation":"on"}}"#, "on", false),
    ])
    func fourthAPrerequisiteIsMetByTheVariationThatIsServed(state: String, variation: String, isMet: Bool) throws {
        var world = FlagWorld()
        try world.flag("other", state)
        try world.flag(
            "f",
            #"{"on":true,"fallthrough":{"variation":"on"},"prerequisites":[{"flag":"other","variation":"\#(variation)"}]}"#
        )
        let evaluation = try world.evaluate("f")
        #expect(evaluation.boolValue == isMet)
        #expect(evaluation.reason == (isMet ? .static : .disabled))
    }

    @Test func fifthTargetsBeatRules() throws {
        var world = FlagWorld()
        try world.flag(
            "f",
            #"{"on":true,"targets":[{"variation":"off","keys":["x"]},{"variation":"on","keys":["u1","u2"]}],"rules":[{"serve":{"variation":"off"}}]}"#
        )
        let evaluation = try world.evaluate("f", #"{"targetingKey":"u2"}"#)
        #expect(evaluation.reason == .targetingMatch && evaluation.boolValue == true)
        #expect(evaluation.targetIndex == 1 && evaluation.ruleIndex == nil)
    }

    @Test func fifthTargetsOfOtherKindsLookAtTheirOwnKeys() throws {
        var world = FlagWorld()
        try world.flag("f", #"{"on":true,"targets":[{"variation":"on","keys":["acme"],"kind":"organization"}]}"#)
        for (body, isHit) in [
            (#"{"organization":{"key":"acme","plan":"pro"}}"#, true),
            (#"{"organization":{"targetingKey":"acme"}}"#, true),
            (#"{"organization":{"key":"acme2"}}"#, false), (#"{"organization":"acme"}"#, false),
            (#"{"targetingKey":"acme"}"#, false), (#"{"organization":{"key":["acme"]}}"#, false),
        ] {
            #expect(try world.evaluate("f", body).boolValue == isHit, "\(body)")
        }
    }

    @Test func fifthTheOrderOfTargetListsCountsBetweenKinds() throws {
        var world = FlagWorld()
        try world.flag(
            "f",
            #"{"on":true,"off_variation":"red","targets":[{"variation":"red","keys":["a"]},{"variation":"green","keys":["o"],"kind":"org"},{"variation":"blue","keys":["u"]}]}"#,
            FlagWorld.threeColours)
        let both = try world.evaluate("f", #"{"targetingKey":"u","org":{"key":"o"}}"#)
        #expect(both.variation == "green" && both.targetIndex == 1)
        #expect(try world.evaluate("f", #"{"targetingKey":"u"}"#).variation == "blue")
        #expect(try world.evaluate("f", #"{"targetingKey":"a","org":{"key":"o"}}"#).variation == "red")
    }

    @Test func sixthTheFirstRuleWhoseConditionsAllHoldDecides() throws {
        var world = FlagWorld()
        let condition = { (name: String) in #"{"attribute":"\#(name)","operator":"equals","value":1}"# }
        try world.flag(
            "f",
            #"{"on":true,"off_variation":"red","rules":[{"id":"first","if":[\#(condition("a")),\#(condition("b"))],"serve":{"variation":"green"}},{"id":"second","if":[\#(condition("a"))],"serve":{"percent":100,"variation":"blue"}},{"id":"third","if":[\#(condition("a"))],"serve":{"variation":"green"}}]}"#,
            FlagWorld.threeColours)
        let first = try world.evaluate("f", #"{"a":1,"b":1}"#)
        #expect(first.reason == .targetingMatch && first.ruleID == "first" && first.ruleIndex == 0)
        let second = try world.evaluate("f", #"{"a":1,"b":2,"targetingKey":"u"}"#)
        #expect(second.reason == .split && second.ruleID == "second" && second.variation == "blue")
        let none = try world.evaluate("f", #"{"b":1}"#)
        #expect(none.reason == .default && none.ruleIndex == nil && none.variation == "red")
    }

    @Test func sixthASplitWithoutItsKeyStopsThere() throws {
        var world = FlagWorld()
        try world.flag(
            "f", #"{"on":true,"rules":[{"serve":{"percent":10,"variation":"on"}}],"fallthrough":{"variation":"on"}}"#)
        for body in [
            "{}", #"{"targetingKey":null}"#, #"{"targetingKey":""}"#, #"{"targetingKey":[1]}"#,
            #"{"targetingKey":{"a":1}}"#,
        ] {
            let evaluation = try world.evaluate("f", body)
            #expect(evaluation.errorCode == .targetingKeyMissing && evaluation.reason == .error)
            #expect(evaluation.value == nil && evaluation.bucket == nil && evaluation.ruleIndex == 0)
        }
        #expect(try world.evaluate("f", #"{"targetingKey":" "}"#).reason == .split)
    }

    @Test(arguments: [
        (#"{"on":true,"fallthrough":{"variation":"on"}}"#, EvaluationReason.static),
        (#"{"on":true,"fallthrough":{"variation":"on"},"targets":[{"variation":"off","keys":[]}]}"#, .default),
        (
            #"{"on":true,"fallthrough":{"variation":"on"},"rules":[{"if":[{"segment":"none"}],"serve":{"variation":"off"}}]}"#,
            .default
        ),
        (#"{"on":true,"fallthrough":{"percent":100,"variation":"on"}}"#, .split),
    ])
    func seventhTheFallthroughTellsWhetherAnythingElseWasThere(state: String, reason: EvaluationReason) throws {
        var world = FlagWorld()
        try world.flag("f", state)
        let evaluation = try world.evaluate("f", #"{"targetingKey":"u"}"#)
        #expect(evaluation.reason == reason && evaluation.boolValue == true)
    }

    @Test(arguments: [
        ("x", "{}", false), ("x", #"{"plan":"pro"}"#, true), ("in", "{}", true), ("out", #"{"plan":"pro"}"#, false),
        ("both", "{}", false),
    ])
    func inSegmentsExcludeBeatsIncludeBeatsConditions(key: String, rest: String, isMember: Bool) throws {
        var world = FlagWorld()
        try world.segment(
            "s",
            #"{"conditions":[{"attribute":"plan","operator":"equals","value":"pro"}],"include":["in","both"],"exclude":["out","both"]}"#
        )
        try world.flag("f", #"{"on":true,"rules":[{"if":[{"segment":"s"}],"serve":{"variation":"on"}}]}"#)
        try world.flag("g", #"{"on":true,"rules":[{"if":[{"segment":"s","negate":true}],"serve":{"variation":"on"}}]}"#)
        let body = rest.dropLast() + (rest == "{}" ? "" : ",") + #""targetingKey":"\#(key)"}"#
        #expect(try world.evaluate("f", String(body)).boolValue == isMember)
        #expect(try world.evaluate("g", String(body)).boolValue == !isMember)
    }

    @Test func inSegmentsMatchSaysHowManyConditions() throws {
        let conditions =
            #"[{"attribute":"a","operator":"equals","value":1},{"attribute":"b","operator":"equals","value":1}]"#
        var world = FlagWorld()
        try world.segment("all", #"{"conditions":\#(conditions)}"#)
        try world.segment("any", #"{"conditions":\#(conditions),"match":"any"}"#)
        try world.segment("empty", #"{"match":"all"}"#)
        for name in ["all", "any", "empty", "absent"] {
            try world.flag(name, #"{"on":true,"rules":[{"if":[{"segment":"\#(name)"}],"serve":{"variation":"on"}}]}"#)
        }
        for (body, all, any) in [(#"{"a":1,"b":1}"#, true, true), (#"{"a":1}"#, false, true), ("{}", false, false)] {
            #expect(try world.evaluate("all", body).boolValue == all)
            #expect(try world.evaluate("any", body).boolValue == any)
            #expect(try world.evaluate("empty", body).boolValue == false)
            #expect(try world.evaluate("absent", body).boolValue == false)
        }
    }

    @Test func aSegmentThatIsNotThereHoldsNeitherWay() throws {
        #expect(try !holds(#"{"segment":"gone"}"#, "{}"))
        #expect(try !holds(#"{"segment":"gone","negate":true}"#, "{}"))
    }

    @Test(arguments: [
        (#"{"type":"float","variations":{"a":1,"b":2.50}}"#, "1.0"), (#"{"type":"integer","variations":{"a":1}}"#, "1"),
        (#"{"type":"object","variations":{"a":{"x":1.0}}}"#, #"{"x":1.0}"#),
        (#"{"type":"string","variations":{"a":"t"}}"#, #""t""#),
        (#"{"type":"boolean","variations":{"a":true}}"#, "true"),
    ])
    func valuesPrintAsTheirTypeSays(definition: String, value: String) throws {
        var world = FlagWorld()
        try world.flag("f", #"{"on":true,"off_variation":"a"}"#, definition)
        #expect(text(try world.evaluate("f").value) == value)
    }

    @Test func storedAssignmentsOutliveTheSplit() throws {
        var world = FlagWorld()
        let split = #"{"split":[{"variation":"on","weight":0},{"variation":"off","weight":100000}]}"#
        try world.flag("f", #"{"on":true,"sticky_assignment":true,"fallthrough":\#(split)}"#)
        try world.flag("g", #"{"on":true,"fallthrough":\#(split)}"#)
        let set = world.set
        let body = try context(#"{"targetingKey":"u1"}"#)
        let fresh = set.evaluate("f", context: body, now: FlagWorld.now)
        #expect(fresh.boolValue == false && fresh.shouldStoreAssignment)
        let stored = set.evaluate("f", context: body, now: FlagWorld.now) { flag, value in
            flag == "f" && value == "u1" ? "on" : nil
        }
        #expect(stored.boolValue == true && !stored.shouldStoreAssignment && stored.reason == .split)
        #expect(stored.dependence.contains(.storedAssignment) && stored.bucket == fresh.bucket)
        let gone = set.evaluate("f", context: body, now: FlagWorld.now) { _, _ in "removed" }
        #expect(gone.boolValue == false && gone.shouldStoreAssignment)
        let plain = set.evaluate("g", context: body, now: FlagWorld.now) { _, _ in "on" }
        #expect(plain.boolValue == false && !plain.shouldStoreAssignment)
    }

    @Test func tellsWhatItDependedOn() throws {
        var world = FlagWorld()
        try world.flag("static", #"{"on":true}"#)
        try world.flag("split", #"{"on":true,"fallthrough":{"percent":5,"variation":"on"}}"#)
        try world.flag(
            "timed",
            #"{"on":true,"rules":[{"if":[{"attribute":"$time","operator":"after","value":0}],"serve":{"variation":"on"}}],"prerequisites":[{"flag":"split","variation":"off"}]}"#
        )
        let body = #"{"targetingKey":"u2"}"#
        #expect(try world.evaluate("static", body).dependence == [])
        #expect(try world.evaluate("split", body).dependence == [.split])
        #expect(try world.evaluate("timed", body).dependence == [.split, .time])
        #expect(try world.evaluate("timed", body).boolValue == true)
    }

    @Test func explainsItsSteps() throws {
        var world = FlagWorld()
        try world.segment("beta", #"{"conditions":[{"attribute":"plan","operator":"equals","value":"pro"}]}"#)
        try world.flag("other", #"{"on":true}"#)
        try world.flag(
            "f",
            #"{"on":true,"prerequisites":[{"flag":"other","variation":"off"}],"targets":[{"variation":"on","keys":["z"]}],"rules":[{"id":"r1","if":[{"segment":"beta"},{"attribute":"age","operator":"less","value":5}],"serve":{"variation":"on"}}],"fallthrough":{"percent":10,"variation":"on"}}"#
        )
        let body = #"{"targetingKey":"u1","plan":"pro"}"#
        let explained = try world.evaluate("f", body, explain: true)
        #expect(
            text(explained.trace)
                == #"[{"step":"state","archived":false,"killed":false,"on":true},"#
                + #"{"step":"prerequisite","flag":"other","wanted":"off","served":"off","met":true},"#
                + #"{"step":"targets","kind":"user","matched":false},"#
                + #"{"step":"rule","id":"r1","index":0,"matched":false,"conditions":[{"segment":"beta","negate":false,"outcome":"holds","by":"conditions","conditions":[{"attribute":"plan","operator":"equals","negate":false,"outcome":"holds"}]},{"attribute":"age","operator":"less","negate":false,"outcome":"missing"}]},"#
                + #"{"step":"fallthrough"},"#
                + #"{"step":"split","sticky_by":"targetingKey","bucket":91529,"stored_assignment":false}]"#)
        let plain = try world.evaluate("f", body)
        #expect(plain.trace == nil && plain.variation == explained.variation && plain.bucket == explained.bucket)
    }
}
