@testable import ChangeSetEngine
import EngineKit
import Notation
import Testing

/// Which rules are about which paths, and whose agreement counts.
@Suite struct ApprovalTests {
    private func rule(_ paths: [String], approvals: Int = 1, roles: [String] = []) throws -> ApprovalRule {
        try ApprovalRule(
            "rule", json: ["paths": .strings(paths), "approvals": .integer(approvals), "roles": .strings(roles)])
    }

    private func approval(_ policies: [String]) -> ChangeSet.Approval {
        .init(person: .init(name: "p", origin: "o"), policies: policies, time: Timestamp(seconds: 0), reason: "")
    }

    @Test(arguments: [
        ("config/data/env/prod/*", "config/data/env/prod/k", true),
        ("config/data/env/prod/*", "config/data/env/production/k", false),
        ("config/data/env/prod*", "config/data/env/production/k", true),
        ("config/data/env/prod/", "config/data/env/prod/k", true),
        ("config/data/env/prod", "config/data/env/prod/k", true),
        ("config/data/env/prod", "config/data/env/production/k", false),
        ("secret/data/app", "secret/data/app", true), ("secret/data/app", "secret/data/application", false),
        ("*", "sys/policies/acl/p", true), ("config/*", "config/data/global/k", true),
        ("config/data/env/prod*", "config/data/env", false), ("config/data/env/*", "config/data/env", false),
        ("config/data/service/+/env/prod/*", "config/data/service/foo/env/prod/k", true),
        ("config/data/service/+/env/prod/*", "config/data/service/foo/env/test/k", false),
        ("config/data/service/+/env/prod/*", "config/data/service/foo/bar/env/prod/k", false),
        ("config/data/service/+/env/prod", "config/data/service/foo/env/prod/k", true),
        ("config/data/service/+/env/prod", "config/data/service/foo/env/production/k", false),
        ("secret/data/+/db", "secret/data/app/db/old", true), ("secret/data/+", "secret/data", false),
        ("+/data/prod*", "secret/data/production/db", true), ("secret/data/a+", "secret/data/ab", false),
        ("config/data/service/*/env/prod/*", "config/data/service/foo/env/prod/k", true),
    ])
    func pathsAreMatchedBySegmentsAndPrefixes(_ pattern: String, _ path: String, _ isConcerned: Bool) throws {
        #expect(try rule([pattern]).concerns(Array(path.utf8)) == isConcerned)
    }

    @Test(arguments: [
        ("*", true), ("secret/data/*", true), ("secret/data/a*", true), ("secret/data/+/b/*", true),
        ("secret/*/b", false), ("secret/data/a*/b/*", false), ("secret/data/+*", false), ("secret/data/**", false),
    ])
    func aStarStandsAtTheEndOnly(_ path: String, _ isClear: Bool) {
        #expect(RulePath(path).isClear == isClear)
    }

    @Test func theStrictestRuleOfAnyItemCounts() throws {
        let rules = [try rule(["config/*"], approvals: 1), try rule(["config/data/env/prod/*"], approvals: 3)]
        let paths = [Array("config/keys/k".utf8), Array("config/data/env/prod/k".utf8)]
        #expect(ApprovalState(rules, paths, []).missing == 3)
        #expect(ApprovalState(rules, [paths[0]], []).missing == 1)
        #expect(ApprovalState(rules, paths, [approval([]), approval([])]).missing == 1)
        #expect(ApprovalState(rules, [Array("flags/x".utf8)], []).missing == 0)
    }

    @Test func aRuleWithRolesCountsNobodyElse() throws {
        let rules = [try rule(["*"], approvals: 2, roles: ["lead", "owner"])]
        let paths = [Array("x".utf8)]
        #expect(ApprovalState(rules, paths, [approval(["default"]), approval(["leader"])]).missing == 2)
        #expect(ApprovalState(rules, paths, [approval(["default", "lead"]), approval(["owner"])]).missing == 0)
        #expect(ApprovalState(rules, paths, [approval(["root"])]).missing == 1)
    }

    @Test(arguments: [
        #"{"approvals": 1}"#, #"{"paths": [], "approvals": 1}"#, #"{"paths": ["x"]}"#,
        #"{"paths": ["x"], "approvals": -1}"#, #"{"paths": ["x"], "approvals": 21}"#,
        #"{"paths": "x", "approvals": 1}"#,
        #"{"paths": ["x"], "approvals": 1, "more": 2}"#, #"{"paths": [""], "approvals": 1}"#,
    ])
    func whatIsNoRuleIsRefused(_ text: String) throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(throws: ModelError.self) { try ApprovalRule("rule", json: json) }
    }
}
