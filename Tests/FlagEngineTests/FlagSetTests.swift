import EngineKit
import FlagEngine
import Notation
import Testing

@Suite struct FlagSetTests {
    @Test func keepsFlagsInTheOrderOfTheirBytes() throws {
        var world = FlagWorld()
        for key in ["b", "a.b", "B", "a", "a-b", "a:b"] { try world.flag(key, "{}") }
        #expect(world.set.flags.map(\.key) == ["B", "a", "a-b", "a.b", "a:b", "b"])
        for (index, key) in world.set.flags.map(\.key).enumerated() { #expect(world.set.index(of: key) == index) }
        #expect(world.set.index(of: "c") == nil && world.set.flag("") == nil)
    }

    @Test func findsEachOfManyFlags() throws {
        var world = FlagWorld()
        for number in 0..<2_000 { try world.flag("flag-\(number)", nil) }
        let set = world.set
        for number in 0..<2_000 { #expect(set.flag("flag-\(number)")?.key == "flag-\(number)") }
    }

    @Test func compilesAgainOnlyWhatChanged() throws {
        var world = FlagWorld()
        let rule = #"{"on":true,"rules":[{"if":[{"segment":"s"}],"serve":{"variation":"on"}}]}"#
        try world.flag("plain", #"{"on":true}"#)
        try world.flag("segmented", rule)
        try world.flag("edited", #"{"on":false}"#)
        try world.flag("gone", #"{"on":true}"#)
        try world.segment("s", #"{"include":["u1"]}"#)
        let first = world.set
        var next = FlagWorld()
        try next.flag("edited", #"{"on":true,"fallthrough":{"variation":"on"}}"#)
        try next.segment("s", #"{"include":["u2"]}"#)
        let second = first.applying(
            FlagSetChange(flags: next.flags, removedFlags: ["gone"], segments: next.segments), revision: 2)
        #expect(second.revision == 2 && second.environment == first.environment)
        #expect(second.flag("plain") === first.flag("plain"))
        #expect(second.flag("segmented") !== first.flag("segmented"))
        #expect(second.flag("gone") == nil && first.flag("gone") != nil)
        let (one, two) = (try context(#"{"targetingKey":"u1"}"#), try context(#"{"targetingKey":"u2"}"#))
        #expect(first.evaluate("segmented", context: one, now: FlagWorld.now).boolValue == true)
        #expect(second.evaluate("segmented", context: one, now: FlagWorld.now).boolValue == false)
        #expect(second.evaluate("segmented", context: two, now: FlagWorld.now).boolValue == true)
        #expect(second.evaluate("edited", context: one, now: FlagWorld.now).boolValue == true)
        let third = second.applying(FlagSetChange(removedSegments: ["s"]), revision: 3)
        #expect(third.evaluate("segmented", context: two, now: FlagWorld.now).boolValue == false)
        #expect(third.segment("s") == nil)
    }

    @Test func knowsWhoNeedsWhat() throws {
        var world = FlagWorld()
        try world.flag("base", #"{"on":true}"#)
        try world.flag("top", #"{"on":true,"prerequisites":[{"flag":"base","variation":"on"}]}"#)
        try world.flag("other", #"{"on":true,"rules":[{"if":[{"segment":"s"}],"serve":{"variation":"on"}}]}"#)
        #expect(world.set.dependents(ofFlag: "base") == ["top"])
        #expect(world.set.dependents(ofSegment: "s") == ["other"])
        #expect(world.set.variationsInUse(ofFlag: "base") == ["off", "on"])
    }

    @Test func knowsTheNextInstantAtWhichSomethingChanges() throws {
        var world = FlagWorld()
        let condition = { (name: String, seconds: Int) in
            #"{"attribute":"$time","operator":"\#(name)","value":\#(seconds)}"#
        }
        try world.segment("s", #"{"conditions":[\#(condition("before", 500))]}"#)
        try world.flag(
            "a",
            #"{"on":true,"rules":[{"if":[\#(condition("after", 100)),\#(condition("before", 300))],"serve":{"variation":"on"}}]}"#
        )
        try world.flag(
            "b",
            #"{"on":true,"rules":[{"if":[{"segment":"s"}],"serve":{"variation":"on"}}],"prerequisites":[{"flag":"a","variation":"on"}]}"#
        )
        try world.flag("c", #"{"on":true}"#)
        let set = world.set
        #expect(set.nextTimeBoundary(after: Timestamp(seconds: 0)) == Timestamp(seconds: 100, nanoseconds: 1))
        #expect(set.nextTimeBoundary(of: "b", after: Timestamp(seconds: 101)) == Timestamp(seconds: 300))
        #expect(set.nextTimeBoundary(of: "b", after: Timestamp(seconds: 300)) == Timestamp(seconds: 500))
        #expect(set.nextTimeBoundary(of: "a", after: Timestamp(seconds: 300)) == nil)
        #expect(set.nextTimeBoundary(of: "c", after: Timestamp(seconds: 0)) == nil)
        #expect(set.nextTimeBoundary(after: Timestamp(seconds: 500)) == nil)
    }

    @Test func whatEverybodyMaySeeChangesWithItselfAndWhatItLeansOnAlone() throws {
        func set(_ revisions: (seen: UInt64, base: UInt64, segment: UInt64, hidden: UInt64)) throws -> FlagSet {
            func source(_ key: String, _ state: String, _ definition: String, _ revision: UInt64) throws -> FlagSource {
                let definition = try FlagDefinition(json: try json(definition))
                let state = try FlagState(json: try json(state), definition: definition, salt: "salt")
                return FlagSource(
                    key: key, definition: definition, definitionVersion: 1, state: state, stateVersion: 1,
                    revision: revision)
            }
            func until(_ seconds: Int) -> String {
                #"{"on":true,"rules":[{"if":[{"attribute":"$time","operator":"before","value":\#(seconds)}],"serve":{"variation":"on"}}]}"#
            }
            let seen =
                #"{"on":true,"prerequisites":[{"flag":"base","variation":"on"}],"rules":[{"if":[{"segment":"s"}],"serve":{"variation":"on"}}]}"#
            return FlagSet(
                environment: "test", revision: 100,
                flags: [
                    try source("base", until(300), #"{"type":"boolean"}"#, revisions.base),
                    try source("hidden", until(200), #"{"type":"boolean"}"#, revisions.hidden),
                    try source("seen", seen, #"{"type":"boolean","client_visible":true}"#, revisions.seen),
                ],
                segments: [
                    SegmentSource(name: "s", segment: Segment(include: ["x"]), version: 1, revision: revisions.segment)
                ])
        }
        let part = try set((seen: 1, base: 2, segment: 3, hidden: 4)).publicPart
        #expect(part.revision == 3)
        #expect(part.nextTimeBoundary(after: Timestamp(seconds: 100)) == Timestamp(seconds: 300))
        #expect(part.nextTimeBoundary(after: Timestamp(seconds: 300)) == nil)
        #expect(try set((seen: 1, base: 2, segment: 3, hidden: 9)).publicPart.digest == part.digest)
        for other in [(9, 2, 3, 4), (1, 9, 3, 4), (1, 2, 9, 4)] as [(UInt64, UInt64, UInt64, UInt64)] {
            #expect(try set((other.0, other.1, other.2, other.3)).publicPart.digest != part.digest)
        }
    }
}

@Suite struct PrerequisiteTests {
    private func message(_ world: FlagWorld, _ key: String, _ prerequisites: [(String, String)]) throws -> String? {
        let state = FlagState(
            isOn: true, offVariation: "off", fallThrough: .variation("on"),
            prerequisites: prerequisites.map { Prerequisite(flag: $0.0, variation: $0.1) }, salt: "s")
        do throws(ModelError) {
            try world.set.checkPrerequisites(of: key, state: state)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func mustLeadSomewhereAndNotInACircle() throws {
        var world = FlagWorld()
        try world.flag("a", #"{"on":true,"prerequisites":[{"flag":"b","variation":"on"}]}"#)
        try world.flag("b", #"{"on":true,"prerequisites":[{"flag":"c","variation":"on"}]}"#)
        try world.flag("c", #"{"on":true}"#)
        #expect(try message(world, "d", [("a", "on"), ("b", "off")]) == nil)
        #expect(try message(world, "d", [("x", "on")]) == "prerequisites[0].flag: is not a flag")
        #expect(
            try message(world, "d", [("a", "on"), ("b", "blue")])
                == "prerequisites[1].variation: is not a variation of that flag")
        #expect(try message(world, "c", [("a", "on")]) == "prerequisites[0].flag: makes a cycle: c -> a -> b -> c")
        #expect(try message(world, "c", [("c", "on")]) == "prerequisites[0].flag: makes a cycle: c -> c")
    }

    @Test func areBoundedInDepthAlsoFromAbove() throws {
        var world = FlagWorld()
        try world.flag("f0", #"{"on":true,"fallthrough":{"variation":"on"}}"#)
        for number in 1...16 {
            try world.flag(
                "f\(number)",
                #"{"on":true,"fallthrough":{"variation":"on"},"prerequisites":[{"flag":"f\#(number - 1)","variation":"on"}]}"#
            )
        }
        try world.flag("base", #"{"on":true}"#)
        #expect(try world.evaluate("f16").boolValue == true)
        #expect(try message(world, "new", [("f15", "on")]) == nil)
        #expect(
            try message(world, "new", [("f16", "on")])?.hasPrefix("prerequisites: make a chain of more than 16") == true
        )
        #expect(
            try message(world, "f0", [("base", "on")])?
                .hasPrefix("prerequisites: make the chain of prerequisites of f16 longer") == true)
    }

    /// Three flags at each level, each of which needs all three of the level below.
    private func tree(levels: Int) throws -> FlagWorld {
        var world = FlagWorld()
        for level in 0...levels {
            let below = ["a", "b", "c"].map { #"{"flag":"\#($0)\#(level - 1)","variation":"on"}"# }
            let prerequisites = level == 0 ? "" : below.joined(separator: ",")
            for name in ["a", "b", "c"] {
                try world.flag(
                    "\(name)\(level)",
                    #"{"on":true,"fallthrough":{"variation":"on"},"prerequisites":[\#(prerequisites)]}"#)
            }
        }
        return world
    }

    @Test func areBoundedInSum() throws {
        let world = try tree(levels: 6)
        #expect(try message(world, "new", [("a5", "on")]) == nil)
        #expect(try message(world, "new", [("a6", "on")])?.hasPrefix("prerequisites: make a chain") == true)
    }

    /// Records that nobody checked: a circle, and a tree that triples at every level.
    @Test func neverKeepAnEvaluationFromEnding() throws {
        var world = try tree(levels: 16)
        #expect(try world.evaluate("a16").reason == .disabled)
        #expect(try world.evaluate("a4").boolValue == true)
        try world.flag("x", #"{"on":true,"prerequisites":[{"flag":"y","variation":"off"}]}"#)
        try world.flag("y", #"{"on":true,"prerequisites":[{"flag":"x","variation":"off"}]}"#)
        try world.flag(
            "z", #"{"on":true,"fallthrough":{"variation":"on"},"prerequisites":[{"flag":"z","variation":"on"}]}"#)
        #expect(try world.evaluate("x").variation == "off")
        #expect(try world.evaluate("z").reason == .disabled)
    }
}
