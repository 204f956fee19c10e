import FlagEngine
import Foundation
import Notation
import Testing

/// Random definitions, states, segments and contexts: no evaluation stops the process, and each keeps the rules that
/// hold whatever the flag says. `FLAG_FUZZ_EVALUATIONS` sets how many there are.
@Suite struct EvaluatorFuzzTests {
    private static let evaluations =
        ProcessInfo.processInfo.environment["FLAG_FUZZ_EVALUATIONS"].flatMap(Int.init) ?? 1_000_000

    @Test(arguments: 0..<4) func neverTrapsAndKeepsItsPromises(part: Int) throws {
        var source = RandomFlags(seed: 20_260_801 + UInt64(part))
        var remaining = Self.evaluations / 4
        var counts: [EvaluationReason: Int] = [:]
        while remaining > 0 {
            let set = try source.set()
            for _ in 0..<60 {
                let context = try EvaluationContext(source.context())
                let now = Timestamp(seconds: Int64(source.number(2_000)))
                for index in set.flags.indices {
                    let evaluation = set.evaluate(at: index, context: context, now: now)
                    counts[evaluation.reason, default: 0] += 1
                    check(evaluation, set: set, context: context, now: now, isDeep: index == remaining % 40)
                }
                remaining -= set.flags.count
            }
        }
        #expect(EvaluationReason.allCases.allSatisfy { counts[$0, default: 0] > 0 }, "\(counts)")
    }

    private func check(
        _ evaluation: Evaluation, set: FlagSet, context: EvaluationContext, now: Timestamp, isDeep: Bool
    ) {
        guard let flag = evaluation.flag else {
            Issue.record("a flag that is there was not found")
            return
        }
        if (evaluation.errorCode != nil) != (evaluation.reason == .error) { Issue.record("an error without its code") }
        if evaluation.reason != .error, evaluation.reason != .default, evaluation.value == nil {
            Issue.record("no value: \(evaluation.reason)")
        }
        guard isDeep else { return }
        let explained = set.evaluate(flag.key, context: context, now: now, explain: true)
        #expect(explained.variationIndex == evaluation.variationIndex && explained.reason == evaluation.reason)
        #expect(explained.bucket == evaluation.bucket && explained.dependence == evaluation.dependence)
        #expect(explained.trace != nil)
        let receipt = EvaluationReceipt(evaluation, in: set, context: context, now: now)
        #expect(receipt?.replay(in: set, context: context).isSame == true)
    }
}

/// Makes flags that are well-formed and otherwise arbitrary.
private struct RandomFlags {
    private var numbers: SeededNumbers

    init(seed: UInt64) { numbers = SeededNumbers(seed) }

    mutating func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &numbers) }
    private mutating func chance(_ percent: Int) -> Bool { number(100) < percent }
    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(elements.count)] }

    private static let names = ["a", "b", "c", "a.b", "/c/0", "c.d", "targetingKey", "org.key"]
    private static let texts = [
        "", "x", "xy", "yx", "1.2.3", "1.2.4-rc.1", "10.0.0.1", "::1", "1970-01-01T00:10:00Z", "é", "u1", "u2",
    ]
    private static let numbers = [
        "0", "1", "-1", "1.0", "1e400", "-0.5", "9223372036854775807", "9223372036854775808", "600",
    ]

    mutating func set() throws -> FlagSet {
        let segments = try (0..<3).map { index in
            SegmentSource(name: "s\(index)", segment: try Segment(json: segment()), version: 1)
        }
        let flags = try (0..<40).map { index in
            let definition = try FlagDefinition(json: definition())
            let state =
                chance(95)
                ? try FlagState(json: state(definition, index), definition: definition, salt: "s\(index)") : nil
            return FlagSource(
                key: "f\(index)", definition: definition, definitionVersion: 1, isArchived: chance(3), state: state,
                stateVersion: 1, isKilled: chance(3))
        }
        return FlagSet(environment: "fuzz", revision: 1, flags: flags, segments: segments)
    }

    mutating func context() -> JSON {
        var object = JSONObject()
        for name in ["a", "b", "c", "a.b", "targetingKey", "org"] where chance(70) { object[name] = value(depth: 2) }
        return .object(object)
    }

    private mutating func value(depth: Int) -> JSON {
        switch number(depth > 0 ? 8 : 6) {
        case 0: .null
        case 1: .bool(chance(50))
        case 2: .number(pick(Self.numbers))
        case 6: .array((0..<number(4)).map { _ in value(depth: depth - 1) })
        case 7: ["key": value(depth: 0), "d": value(depth: depth - 1), "b": value(depth: 0)]
        default: .string(pick(Self.texts))
        }
    }

    private mutating func definition() -> JSON {
        switch number(3) {
        case 0: ["type": "boolean"]
        case 1: ["type": "string", "variations": ["on": "yes", "off": "no", "third": "maybe"]]
        default: ["type": "float", "variations": ["on": 1, "off": .number("0.50")]]
        }
    }

    private mutating func state(_ definition: FlagDefinition, _ index: Int) -> JSON {
        let names = definition.variations.map(\.name)
        // References go both ways on purpose: circles must end too.
        let prerequisites = (0..<(chance(20) ? 2 : 0)).map { place -> JSON in
            ["flag": .string("f\(number(21) * 2 + place)"), "variation": .string(pick(["on", "off", "gone"]))]
        }
        let targets = (0..<number(3)).map { place -> JSON in
            [
                "variation": .string(pick(names)), "keys": ["u\(place)", "k\(place)"].json,
                "kind": .string(pick(["user", "org"])),
            ]
        }
        return [
            "on": .bool(chance(85)), "off_variation": "off", "fallthrough": serve(names),
            "targets": .array(targets),
            "rules": .array(
                (0..<number(4)).map { _ in ["if": conditions(allowingSegments: true), "serve": serve(names)] }),
            "prerequisites": .array(prerequisites), "sticky_by": .string(pick(Self.names)),
            "sticky_assignment": .bool(chance(10)),
        ]
    }

    private mutating func serve(_ names: [String]) -> JSON {
        if chance(60) { return ["variation": .string(pick(names))] }
        let cut = number(100_001)
        return [
            "split": [
                ["variation": "on", "weight": .integer(cut)], ["variation": "off", "weight": .integer(100_000 - cut)],
            ]
        ]
    }

    private mutating func segment() -> JSON {
        [
            "conditions": conditions(allowingSegments: false), "include": chance(50) ? ["u1"] : [],
            "exclude": chance(50) ? ["u2"] : [], "match": .string(pick(["all", "any"])),
        ]
    }

    private mutating func conditions(allowingSegments: Bool) -> JSON {
        .array((0..<number(3)).map { _ in condition(allowingSegments: allowingSegments) })
    }

    private mutating func condition(allowingSegments: Bool) -> JSON {
        if allowingSegments, chance(20) { return ["segment": .string("s\(number(4))"), "negate": .bool(chance(30))] }
        if chance(10) {
            return [
                "attribute": "$time", "operator": .string(pick(["before", "after"])), "value": .integer(number(2_000)),
            ]
        }
        let (name, values): (String, [JSON]) =
            switch number(9) {
            case 0: ("exists", [])
            case 1: ("in", [.string(pick(Self.texts)), .number(pick(Self.numbers)), true])
            case 2: (pick(["contains", "starts_with", "ends_with"]), [.string(pick(["x", "y", "é", "1."]))])
            case 3: (pick(["less", "less_or_equal", "greater", "greater_or_equal"]), [.number(pick(Self.numbers))])
            case 4: (pick(["before", "after"]), [600])
            case 5: (pick(["semver_equals", "semver_less", "semver_greater"]), ["1.2.3"])
            case 6: ("cidr", [.string(pick(["10.0.0.0/8", "::/0", "0.0.0.0/0"]))])
            case 7: ("matches", [.string(pick(["^x+", "(x|y)*$", "\\d.\\d", "é"]))])
            default: ("equals", [value(depth: 0)].filter { $0.kind != .null } + ["x"])
            }
        var object: JSONObject = [
            "attribute": .string(pick(Self.names)), "operator": .string(name), "negate": .bool(chance(30)),
        ]
        if name != "exists" { object["values"] = .array(name == "equals" ? Array(values.prefix(1)) : values) }
        return .object(object)
    }
}

extension [String] {
    fileprivate var json: JSON { .strings(self) }
}
