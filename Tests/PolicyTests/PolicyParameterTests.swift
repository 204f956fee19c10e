import Notation
import Testing

@testable import PolicyEngine

@Suite("Policy parameters")
struct PolicyParameterTests {
    private func allows(_ rules: String..., data: JSONObject?, _ operation: AccessOperation = .update) throws -> Bool {
        var policies: [Policy] = []
        for rule in rules {
            policies.append(
                try policy("path \"a\" { capabilities = [\"update\", \"read\", \"delete\", \"list\"]\n\(rule)\n}"))
        }
        return try AccessControlList(policies, identity: nil, now: noon).allows(operation, "a", data)
    }

    @Test(
        arguments: [
            (["x": 1], true), ([:], false), (["X": 1], false), (["x": nil, "y": 2], true),
        ] as [(JSONObject, Bool)])
    func requiredParametersMustBePresent(_ data: JSONObject, _ expected: Bool) throws {
        #expect(try allows(#"required_parameters = ["X"]"#, data: data) == expected)
    }

    @Test(
        arguments: [
            ([:], true), (["bad": 1], false), (["BAD": 1], false), (["good": 1], true), (["some": "no"], false),
            (["some": "nope"], true), (["some": "pre-x"], false), (["some": "x-post"], false),
            (["some": "a-mid-b"], false),
        ] as [(JSONObject, Bool)])
    func deniedParametersAreRefused(_ data: JSONObject, _ expected: Bool) throws {
        let rule = #"denied_parameters = { "Bad" = [] "some" = ["no", "pre-*", "*-post", "*-mid-*"] }"#
        #expect(try allows(rule, data: data) == expected)
    }

    @Test(
        arguments: [
            ([:], true), (["a": "x"], true), (["A": "anything"], true), (["b": "one"], true), (["b": "two"], false),
            (["b": "t-1"], true), (["c": 1], false), (["a": 1, "c": 1], false), (["b": ["one"]], false),
        ] as [(JSONObject, Bool)])
    func onlyAllowedParametersPass(_ data: JSONObject, _ expected: Bool) throws {
        #expect(try allows(#"allowed_parameters = { "a" = [] "b" = ["one", "t-*"] }"#, data: data) == expected)
    }

    @Test func aStarStandsForEveryParameter() throws {
        #expect(try allows(#"allowed_parameters = { "*" = [] }"#, data: ["z": 1]))
        #expect(try allows(#"allowed_parameters = { "*" = [] "b" = ["one"] }"#, data: ["z": 1, "b": "one"]))
        #expect(try !allows(#"allowed_parameters = { "*" = [] "b" = ["one"] }"#, data: ["b": "two"]))
        #expect(try !allows(#"denied_parameters = { "*" = [] }"#, data: ["z": 1]))
        #expect(try allows(#"denied_parameters = { "*" = [] }"#, data: [:]))
    }

    @Test(
        arguments: [
            (.number("5"), true), (.number("5.0"), true), (.number("50e-1"), true), (.number("6"), false),
            (.string("5"), false),
            (.bool(true), true), (.bool(false), false), (.null, false), (.number("16"), true),
            (.number("12345678901234567890"), true), (.number("12345678901234567891"), false),
        ] as [(JSON, Bool)])
    func numbersCompareByValue(_ value: JSON, _ expected: Bool) throws {
        let rule = #"allowed_parameters = { "n" = [5, true, 0x10, 12345678901234567890] }"#
        #expect(try allows(rule, data: JSONObject([.init(name: "n", value: value)])) == expected)
    }

    @Test func nullEqualsNullAndStructuresCompareDeeply() throws {
        let policies = try policy(
            #"""
            {"path":{"a":{"capabilities":["update"],
            "allowed_parameters":{"k":[null,{"x":[1,{"y":"z"}]},["p","q"]]}}}}
            """#
        )
        let list = try AccessControlList([policies], identity: nil, now: noon)
        #expect(list.allows(.update, "a", ["k": nil]))
        #expect(list.allows(.update, "a", ["k": ["x": [1, ["y": "z"]]]]))
        #expect(list.allows(.update, "a", ["k": ["p", "q"]]))
        #expect(!list.allows(.update, "a", ["k": ["q", "p"]]))
        #expect(!list.allows(.update, "a", ["k": ["x": [1, ["y": "Z"]]]]))
    }

    @Test func aLoneStarIsNoGlob() throws {
        #expect(try !allows(#"allowed_parameters = { "k" = ["*"] }"#, data: ["k": "x"]))
        #expect(try allows(#"allowed_parameters = { "k" = ["*"] }"#, data: ["k": "*"]))
    }

    @Test func conditionsOfSeveralPoliciesAreUnited() throws {
        let one = #"allowed_parameters = { "a" = ["1"] "b" = ["x"] } required_parameters = ["a"]"#
        let two = #"allowed_parameters = { "a" = ["2"] "b" = [] } denied_parameters = { "c" = [] }"#
        #expect(try allows(one, two, "", data: ["a": "2", "b": "any"]))
        #expect(try !allows(one, two, "", data: ["a": "3"]))
        #expect(try !allows(one, two, "", data: ["b": "x"]))
        #expect(try !allows(one, two, "", data: ["a": "1", "c": "x"]))
        // A policy without conditions does not lift another's.
        #expect(try !allows("", one, data: ["a": "9"]))
    }

    @Test(arguments: [(AccessOperation.update, false), (.read, false), (.delete, true), (.list, true)])
    func conditionsCountForReadsAndWritesOnly(_ operation: AccessOperation, _ expected: Bool) throws {
        #expect(try allows(#"denied_parameters = { "x" = [] }"#, data: ["x": 1], operation) == expected)
    }

    @Test func unreadableInputIsDeniedOnlyWhereItMatters() throws {
        #expect(try !allows(#"denied_parameters = { "x" = [] }"#, data: nil))
        #expect(try allows("", data: nil))
    }

    @Test func inputIsNotAskedForWithoutConditions() throws {
        let list = try list(#"path "a" { capabilities = ["update"] }"#)
        let path = Array("a".utf8)
        var asked = false
        let request = AccessRequest(.update, path: path.span, now: noon)
        let decision = list.decide(request) {
            asked = true
            return JSONObject()
        }
        #expect(decision.isAllowed && !asked)
    }

    // security.md A-05 (Vault 2.0.4).
    @Test(
        arguments: [
            ["policies": "super-admin"], ["policies": "Super-Admin"], ["policies": "super-admin "],
            ["policies": "SUPER-ADMIN"],
            ["policies": "Super-Admin,default"], ["policies": "default, super-admin"],
            ["policies": ["default", "Super-Admin"]],
            ["token_policies": "Super-Admin"], ["Policies": ["\tsuper-admin"]], ["TOKEN_POLICIES": ["super-admin"]],
        ] as [JSONObject])
    func deniedPolicyNamesHoldInEverySpelling(_ data: JSONObject) throws {
        #expect(try !allows(#"denied_parameters = { "policies" = ["super-admin"] }"#, data: data))
        #expect(
            try allows(
                #"denied_parameters = { "policies" = ["super-admin"] }"#, data: ["policies": ["super-admins", "x"]]))
    }

    @Test func deniedScalarsHoldAsText() throws {
        let rule = #"denied_parameters = { "n" = [5, true] "s" = ["7"] }"#
        for data: JSONObject in [["n": "5"], ["n": "5.0"], ["n": true], ["n": "TRUE"], ["s": 7]] {
            #expect(try !allows(rule, data: data))
        }
        #expect(try allows(rule, data: ["n": "6", "s": "8"]))
    }

    @Test func allowedGlobsDoNotLetListsThrough() throws {
        let rule = #"allowed_parameters = { "policies" = ["dev-*", "a,b"] }"#
        #expect(try allows(rule, data: ["policies": "dev-a"]))
        #expect(try allows(rule, data: ["policies": "dev-a, dev-b"]))
        #expect(try allows(rule, data: ["policies": "a,b"]))
        #expect(try !allows(rule, data: ["policies": "dev-a,super-admin"]))
    }

    @Test(
        arguments: [
            (nil, .replaced(with: 10), true), ("", .replaced(with: 10), true), ("max", .replaced(with: 10), true),
            (0, .replaced(with: 10), true),
            (10, .asRequested, true), ("7", .asRequested, true), (11, .denied, false), (-1, .denied, false),
            ("many", .denied, false), ("99999999999999999999", .denied, false), (true, .denied, false),
        ] as [(JSON?, PageLimit, Bool)])
    func pagesAreBounded(_ limit: JSON?, _ expected: PageLimit, _ allowed: Bool) throws {
        let list = try list(
            #"path "a" { capabilities = ["list"] pagination_limit = 20 }"#,
            #"path "a" { capabilities = ["list"] pagination_limit = "10" }"#)
        let rule = try #require(list.rules.first)
        #expect(rule.pageLimit(requested: limit) == expected)
        let data = limit.map { JSONObject([.init(name: "limit", value: $0)]) } ?? JSONObject()
        #expect(list.allows(.list, "a/", data) == allowed)
    }

    @Test func aRequiredLimitMustBeGiven() throws {
        let list = try list(
            #"path "a" { capabilities = ["list"] pagination_limit = 20 required_parameters = ["Limit"] }"#)
        #expect(!list.allows(.list, "a/") && list.allows(.list, "a/", ["limit": 5]))
    }

    @Test func withoutABoundTheLargestPageIsAll() throws {
        let rule = try #require(try list(#"path "a" { capabilities = ["list"] }"#).rules.first)
        #expect(rule.pageLimit(requested: "max") == .replaced(with: 0))
        #expect(rule.pageLimit(requested: "5") == .asRequested && rule.pageLimit(requested: nil) == .asRequested)
        let root = try AccessControlList([.root], identity: nil, now: noon).decide(.list, "a/")
        #expect(root.pageLimit(requested: "max") == .replaced(with: 0) && root.pageLimit(requested: 5) == .asRequested)
    }

    @Test func keyFiltersNameAPathPerKey() throws {
        let list = try list(
            #"""
            path "kv/metadata/*" {
              capabilities = ["list"]
              list_scan_response_keys_filter_path = "{{ .path }}{{.key}}/x"
            }
            """#
        )
        let filter = try #require(list.rules.first?.conditions.keyFilter)
        #expect(
            filter.path(forListing: Array("kv/metadata/".utf8), key: Array("k".utf8)) == Array("kv/metadata/k/x".utf8))
    }
}
