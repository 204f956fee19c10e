import ApplicationEngine
import EngineKit
import Notation
import Testing

/// The owner's spelling of rules and shares, and what it stands for in `flags/`.
@Suite struct TargetingTests {
    private func field(_ json: JSON, _ path: String = "rule") -> ModelField { ModelField(json: json, path: path) }

    @Test(arguments: [
        ("EQUALS", "equals", false), ("NOT_EQUALS", "equals", true), ("IN", "in", false), ("NOT_IN", "in", true),
        ("CONTAINS", "contains", false), ("LESS_THAN", "less", false), ("NOT_EXISTS", "exists", true),
        ("SEMVER_GREATER_THAN_OR_EQUAL", "semver_greater_or_equal", false),
    ])
    func operatorsGoThereAndBack(_ word: String, _ name: String, _ isNegated: Bool) throws {
        let engine = try #require(TargetingOperator.engine(word))
        #expect(engine.name == name)
        #expect(engine.isNegated == isNegated)
        #expect(TargetingOperator.word(name, isNegated: isNegated) == word)
    }

    @Test(arguments: ["equals", "NOT_", "NOT_NOT_IN", "BETWEEN", "", "IN "])
    func otherWordsAreNoOperators(_ word: String) { #expect(TargetingOperator.engine(word) == nil) }

    @Test(
        arguments: [
            [["attribute": "role", "operator": "EQUALS", "value": "premium_user"]],
            [["attribute": "country", "operator": "IN", "values": ["US"]]],
            [["attribute": "country", "operator": "NOT_IN", "values": ["US", "CA"]]],
            [["attribute": "email", "operator": "ENDS_WITH", "values": ["@a.example", "@b.example"]]],
            [["attribute": "beta", "operator": "EXISTS"]],
            [["segment": "beta", "negate": true]],
            [["attribute": "plan", "operator": "EQUALS", "value": "pro", "rolloutPercentage": .number("12.5")]],
            [["attribute": "plan", "operator": "EQUALS", "value": "pro", "variationKey": "off"]],
            [
                [
                    "conditions": [
                        ["attribute": "a", "operator": "EQUALS", "value": 1], ["segment": "s", "negate": false],
                    ]
                ]
            ],
            [["conditions": [], "description": "everybody"]],
        ] as [[JSON]])
    func rulesOfBooleanFlagsGoThereAndBack(_ rules: [JSON]) throws {
        for rule in rules {
            let engine = stored(try TargetingRule.engine(field(rule), .boolean, shares: nil))
            #expect(TargetingRule.own(engine, .boolean).isIdentical(to: rule))
        }
    }

    @Test func rulesOfMultivariateFlagsGoThereAndBack() throws {
        let kinds = FlagKinds(variations: ["a": "A", "b": "B"])
        let shares: JSON = [["key": "a", "percentageSplit": 30], ["key": "b", "percentageSplit": 70]]
        for rule in [
            ["attribute": "x", "operator": "EQUALS", "value": 1, "variationKey": "b"],
            ["attribute": "x", "operator": "EQUALS", "value": 1, "variations": shares],
        ] as [JSON] {
            let engine = stored(try TargetingRule.engine(field(rule), kinds, shares: nil))
            #expect(TargetingRule.own(engine, kinds).isIdentical(to: rule))
        }
    }

    /// A rule as `flags/` keeps it: every value of a condition in a list, and a percentage as a split.
    private func stored(_ rule: JSON) -> JSON {
        var object = rule.objectValue ?? [:]
        object["if"] = .array(
            (rule["if"]?.arrayValue ?? []).map { condition in
                var condition = condition.objectValue ?? [:]
                if let value = condition["value"] { condition["values"] = [value] }
                condition["value"] = nil
                return .object(condition)
            })
        if let percent = rule["serve"]?["percent"], let weight = try? Percentage.read(field(percent)) {
            object["serve"] = [
                "split": [
                    ["variation": "on", "weight": .integer(weight)],
                    ["variation": "off", "weight": .integer(Percentage.whole - weight)],
                ]
            ]
        }
        return .object(object)
    }

    @Test(
        arguments: [
            (["attribute": "a", "operator": "equals", "value": 1], "rule.operator"),
            (["attribute": "a", "value": 1], "rule.operator"),
            (["operator": "IN", "values": []], "rule.attribute"),
            (["attribute": "a", "operator": "IN", "value": 1, "values": []], "rule.values"),
            (["segment": "s", "attribute": "a"], "rule.attribute"),
            (["conditions": [], "attribute": "a"], "rule.attribute"),
            (["attribute": "a", "operator": "EXISTS", "colour": 1], "rule.colour"),
            (["attribute": "a", "operator": "EXISTS", "rolloutPercentage": 101], "rule.rolloutPercentage"),
            (
                ["attribute": "a", "operator": "EXISTS", "rolloutPercentage": 1, "variationKey": "on"],
                "rule.variationKey"
            ),
        ] as [(JSON, String)])
    func whatIsWrongIsToldByItsPlace(_ rule: JSON, _ place: String) {
        #expect { try TargetingRule.engine(field(rule), .boolean, shares: nil) } throws: { error in
            (error as? ModelError)?.path == place
        }
    }

    @Test func sharesMustBeWhole() throws {
        let half: JSON = [["key": "a", "percentageSplit": 50], ["key": "b", "percentageSplit": .number("49.999")]]
        #expect(throws: ModelError.self) { try Shares.serve(field(half)) }
        let whole: JSON = [
            ["key": "a", "percentageSplit": .number("33.333")], ["key": "b", "percentageSplit": .number("66.667")],
        ]
        let serve = try #require(try Shares.serve(field(whole)))
        #expect(Shares.percentage(of: "a", in: serve).isIdentical(to: .number("33.333")))
        #expect(try Shares.serve(field([["key": "a"], ["key": "b"]])) == nil)
    }

    @Test func aFeatureWithRulesIsForThoseWhomTheyFit() throws {
        let rules: JSON = [["attribute": "beta", "operator": "EQUALS", "value": true]]
        func plan(_ body: JSONObject, present: JSON? = nil) throws -> TargetingPlan {
            let object = try ModelObject(.object(body), path: "", allowing: TargetingPlan.members)
            return try TargetingPlan(object, .boolean, present: present, presentOff: present == nil ? nil : "off")
        }
        #expect(try plan([:]).fallThrough?.isIdentical(to: ["variation": "on"]) == true)
        #expect(try plan(["targetingRules": rules]).fallThrough?.isIdentical(to: ["variation": "off"]) == true)
        let everybody: JSON = ["variation": "on"]
        let narrowed = try plan(["targetingRules": rules], present: everybody)
        #expect(narrowed.fallThrough?.isIdentical(to: ["variation": "off"]) == true)
        // A rollout that is under way goes on, and so do rules that are not spoken of.
        #expect(try plan(["targetingRules": rules], present: ["split": []]).fallThrough == nil)
        let widened = try plan(["rolloutPercentage": 50], present: everybody)
        #expect(widened.rules == nil)
        #expect(widened.fallThrough?["percent"]?.intValue == 50)
    }

    @Test(
        arguments: [
            ("int", JSON.number("1"), "integer"), ("json", [1], "list"), ("json", ["a": 1], "object"),
            ("json", "x", "string"), ("float", 1, "float"), ("secret", ["$secret": "s/data/x#y"], "secret"),
        ] as [(String, JSON, String)])
    func typesOfValuesHaveTheOwnersWords(_ word: String, _ value: JSON, _ type: String) {
        #expect(ValueType.type(word, for: value) == type)
    }

    @Test func typesAreInferredFromValues() {
        #expect(ValueType.inferred(from: .number("-12345678901234567890")) == "integer")
        #expect(ValueType.inferred(from: .number("1.0")) == "float")
        #expect(ValueType.inferred(from: .number("1e3")) == "float")
        #expect(ValueType.inferred(from: ["$secret": "x"]) == "secret")
        #expect(ValueType.type("colour", for: 1) == nil)
        #expect(ValueType.word("list") == "json")
    }
}
