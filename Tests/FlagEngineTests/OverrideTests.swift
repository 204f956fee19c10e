import EngineKit
import FlagEngine
import Notation
import Testing

@Suite struct OverrideTests {
    private func definition(_ text: String = FlagWorld.threeColours) throws -> FlagDefinition {
        try FlagDefinition(json: try json(text))
    }

    private func state(_ targets: String) throws -> FlagState {
        try FlagState(
            json: try json(#"{"on":true,"off_variation":"red","targets":\#(targets)}"#), definition: try definition(),
            salt: "s")
    }

    private func override(_ key: String, _ variation: String, kind: String = "user") -> TargetOverride {
        TargetOverride(environment: "prod", flag: "f", key: key, kind: kind, variation: variation)
    }

    private func targets(_ state: FlagState?) throws -> String {
        try #require(state).targets.map { "\($0.kind)/\($0.variation): \($0.keys.joined(separator: " "))" }
            .joined(separator: ", ")
    }

    /// What the targets are before, during and after an override that gives `u` the blue variation.
    @Test(arguments: [
        ("[]", "user/blue: u", ""),
        (#"[{"variation":"blue","keys":["a"]}]"#, "user/blue: a u", "user/blue: a"),
        (#"[{"variation":"green","keys":["a","u"]}]"#, "user/green: a, user/blue: u", "user/green: a u"),
        (
            #"[{"variation":"green","keys":["u"]},{"variation":"blue","keys":["a"]}]"#, "user/blue: a u",
            "user/blue: a, user/green: u"
        ),
        (
            #"[{"variation":"green","keys":["u"],"kind":"device"}]"#, "device/green: u, user/blue: u",
            "device/green: u"
        ),
    ])
    func standsForAWhile(before: String, during: String, after: String) throws {
        var override = override("u", "blue")
        let begun = override.begin(in: try state(before))
        #expect(override.isChange)
        #expect(try targets(begun) == during)
        #expect(try targets(override.takenBack(from: begun, try definition())) == after)
    }

    @Test func keysAreComparedByTheirBytes() throws {
        // One letter as two code points and as one.
        var override = override("e\u{301}", "blue")
        let begun = override.begin(in: try state(#"[{"variation":"green","keys":["é"]}]"#))
        #expect(override.before == nil && begun.targets.count == 2)
    }

    @Test func whatWasThereAnywayStays() throws {
        let before = try state(#"[{"variation":"blue","keys":["u"]}]"#)
        var override = override("u", "blue")
        let begun = override.begin(in: before)
        #expect(!override.isChange && begun.json.isIdentical(to: before.json))
        #expect(override.takenBack(from: begun, try definition()) == nil)
    }

    @Test(arguments: [
        "[]", #"[{"variation":"red","keys":["u"]}]"#, #"[{"variation":"blue","keys":["u"],"kind":"device"}]"#,
    ])
    func whatSomebodySaidSinceStays(since: String) throws {
        var override = override("u", "blue")
        _ = override.begin(in: try state(#"[{"variation":"green","keys":["u"]}]"#))
        #expect(override.takenBack(from: try state(since), try definition()) == nil)
    }

    @Test func otherEditsInBetweenStay() throws {
        var override = override("u", "blue")
        var edited = override.begin(in: try state("[]"))
        edited.isOn = false
        edited.give("blue", to: "other", kind: "user")
        let ended = try #require(override.takenBack(from: edited, try definition()))
        #expect(!ended.isOn)
        #expect(try targets(ended) == targets(state(#"[{"variation":"blue","keys":["other"]}]"#)))
    }

    @Test func aVariationThatIsGoneDoesNotComeBack() throws {
        var override = override("u", "blue")
        let begun = override.begin(in: try state(#"[{"variation":"green","keys":["u"]}]"#))
        let without = try definition(#"{"type":"string","variations":{"red":"r","blue":"b"}}"#)
        #expect(try targets(override.takenBack(from: begun, without)).utf8.isEmpty)
    }

    @Test func whereThereIsNoRoomAnyMoreThereIsNoTarget() throws {
        var override = override("u", "blue")
        var full = override.begin(in: try state(#"[{"variation":"green","keys":["u"]}]"#))
        let others = (1..<ModelLimits.targets).map { Target(variation: "red", keys: ["k\($0)"], kind: "kind\($0)") }
        full.targets = others + [Target(variation: "blue", keys: ["a", "u"])]
        let ended = try #require(override.takenBack(from: full, try definition()))
        #expect(ended.targets.count == ModelLimits.targets && ended.variation(targeting: "u", kind: "user") == nil)
    }

    @Test(arguments: ["[]", #"[{"variation":"green","keys":["u"]}]"#, #"[{"variation":"blue","keys":["u"]}]"#])
    func itsRecordCanBeRead(before: String) throws {
        var override = override("u", "blue")
        let begun = override.begin(in: try state(before))
        let read = try #require(TargetOverride(stored: .object(override.stored)))
        #expect(read.before == override.before && read.isChange == override.isChange)
        let (one, other) = (
            override.takenBack(from: begun, try definition()), read.takenBack(from: begun, try definition())
        )
        #expect(text(one?.json) == text(other?.json))
    }

    @Test func aRecordOfSomethingElseIsNone() {
        #expect(TargetOverride(stored: ["layer": "global", "key": "k", "before": 1, "written": 2]) == nil)
    }
}
