import FlagEngine
import Notation

/// JSON from a literal of a test.
func json(_ text: String) throws -> JSON { try JSON(parsing: text, limits: .stored) }

/// A context from a literal of a test.
func context(_ text: String) throws -> EvaluationContext { try EvaluationContext(try json(text)) }

/// The text of JSON.
func text(_ json: JSON?) -> String { String(decoding: json?.serialized() ?? [], as: UTF8.self) }

/// An environment of flags that a test fills.
struct FlagWorld {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let threeColours = #"{"type":"string","variations":{"red":"r","green":"g","blue":"b"}}"#

    private(set) var flags: [FlagSource] = []
    private(set) var segments: [SegmentSource] = []

    /// Adds a flag; the definition is a boolean one unless given, and no state is no state.
    mutating func flag(
        _ key: String, _ state: String?, _ definition: String = #"{"type":"boolean"}"#, salt: String = "salt",
        isArchived: Bool = false, isKilled: Bool = false
    ) throws {
        let definition = try FlagDefinition(json: try json(definition))
        let state = try state.map { try FlagState(json: try json($0), definition: definition, salt: salt) }
        flags.append(
            FlagSource(
                key: key, definition: definition, definitionVersion: 1, isArchived: isArchived, state: state,
                stateVersion: state == nil ? 0 : 1, isKilled: isKilled))
    }

    mutating func segment(_ name: String, _ segment: String) throws {
        segments.append(SegmentSource(name: name, segment: try Segment(json: try json(segment)), version: 1))
    }

    var set: FlagSet { FlagSet(environment: "test", revision: 1, flags: flags, segments: segments) }

    func evaluate(_ key: String, _ body: String = "{}", explain: Bool = false) throws -> Evaluation {
        set.evaluate(key, context: try context(body), now: Self.now, explain: explain)
    }
}

/// Evaluates one flag whose only rule has one condition; `true` when the condition holds.
func holds(_ condition: String, _ body: String, now: Timestamp = FlagWorld.now) throws -> Bool {
    var world = FlagWorld()
    try world.flag("f", #"{"on":true,"rules":[{"if":[\#(condition)],"serve":{"variation":"on"}}]}"#)
    return world.set.evaluate("f", context: try context(body), now: now).boolValue == true
}

/// Numbers that look random and are the same in every run (SplitMix64, Steele and others 2014).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
