import EngineKit
import Identity
import Notation
import Testing

/// Token roles.
@Suite struct TokenRoleTests {
    /// A token that may make tokens, and a role.
    private func world(_ role: JSONObject, policies: String = "a") async throws -> (TokenWorld, token: String) {
        let world = TokenWorld()
        let root = try await world.root()
        #expect(try await world.call("roles/web", role, as: root).error == nil)
        return (world, try await world.token(policies, "default"))
    }

    @Test func roleIsWrittenReadListedAndDeleted() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        #expect(try await world.call("roles/web", as: root, .read).status == 404)
        #expect(try await world.call("roles", as: root, .list).names == [])
        try await world.call("roles/web", ["allowed_policies": "B,a", "token_period": "1m", "orphan": true], as: root)
        try await world.call("roles/web", ["path_suffix": "x-1"], as: root)
        let data = try #require(try await world.call("roles/web", as: root, .read).data)
        #expect(data["allowed_policies"]?.arrayValue?.compactMap(\.stringValue) == ["a", "b"])
        #expect(data["token_period"]?.intValue == 60 && data["period"]?.intValue == 60)
        #expect(data["orphan"]?.boolValue == true && data["path_suffix"]?.stringValue == "x-1")
        #expect(data["token_type"]?.stringValue == "default-service" && data["renewable"]?.boolValue == true)
        #expect(data["name"]?.stringValue == "web" && data["disallowed_policies"]?.arrayValue?.isEmpty == true)
        #expect(data.members.count == 18)
        #expect(try await world.call("roles", as: root, .list).names == ["web"])
        try await world.call("roles/web", as: root, .delete)
        #expect(try await world.call("roles/web", as: root, .read).status == 404)
    }

    @Test(
        arguments: [
            ["token_type": "other"], ["token_type": nil], ["token_num_uses": -1],
            ["token_bound_cidrs": ["10.0.0.0/99"]],
            ["path_suffix": "a/b"], ["path_suffix": "a\u{301}"], ["token_period": "soon"],
            ["token_type": "batch", "token_num_uses": 1], ["token_type": "batch", "token_period": 1],
        ] as [JSONObject])
    func wrongRolesAreRefused(body: JSONObject) async throws {
        let world = TokenWorld()
        let root = try await world.root()
        #expect(try await world.call("roles/web", body, as: root).status == 400)
        #expect(world.store.count(TokenRecords.role) == 0)
    }

    @Test func unknownRoleIsAnError() async throws {
        let (world, token) = try await world([:])
        let refused = try await world.call("create/other", as: token)
        #expect(refused.status == 400 && refused.error == "unknown role other")
    }

    @Test func allowedPoliciesAreGivenAndNoOthers() async throws {
        let (world, token) = try await world(["allowed_policies": "x,y"])
        #expect(try await world.call("create/web", as: token).auth?.policies == ["default", "x", "y"])
        let one = try await world.call("create/web", ["policies": "X"], as: token)
        #expect(one.auth?.policies == ["default", "x"])
        let refused = try await world.call("create/web", ["policies": ["x", "a"]], as: token)
        #expect(refused.status == 400)
        #expect(
            refused.error?.utf8.starts(
                with: "token policies ([\"a\" \"x\"]) must be subset of the role's allowed policies ([\"x\" \"y\"])"
                    .utf8)
                == true)
        #expect(try await world.call("create/web", ["policies": "root"], as: token).status == 400)
    }

    @Test func globsOfPoliciesAllowAndForbid() async throws {
        let (world, token) = try await world(["allowed_policies_glob": "app-*", "disallowed_policies_glob": "*-admin"])
        #expect(
            try await world.call("create/web", ["policies": "app-1"], as: token).auth?.policies == ["app-1", "default"])
        let forbidden = try await world.call("create/web", ["policies": "APP-Admin"], as: token)
        #expect(forbidden.error == "token policy \"app-admin\" is disallowed by this role")
        #expect(try await world.call("create/web", ["policies": "other"], as: token).status == 400)
    }

    @Test func disallowedPoliciesAreRefused() async throws {
        let (world, token) = try await world(["disallowed_policies": "boss"])
        let refused = try await world.call("create/web", ["policies": "Boss"], as: token)
        #expect(refused.error == "token policy \"boss\" is disallowed by this role")
    }

    @Test func evenARoleForAllPoliciesDoesNotGiveRoot() async throws {
        let (world, token) = try await world(["allowed_policies_glob": "*"])
        let refused = try await world.call("create/web", ["policies": "root"], as: token, sudo: true)
        #expect(refused.error == "root tokens may not be created without parent token being root")
        let (other, caller) = try await self.world(["allowed_policies": "root"])
        #expect(try await other.call("create/web", as: caller, sudo: true).status == 400)
    }

    @Test func roleWithoutPoliciesKeepsTheParentsRule() async throws {
        let (world, token) = try await world([:])
        #expect(try await world.call("create/web", as: token).auth?.policies == ["a", "default"])
        let refused = try await world.call("create/web", ["policies": "c"], as: token)
        #expect(refused.error == "child policies must be subset of parent")
    }

    @Test func roleDecidesTheShapeOfItsTokens() async throws {
        let (world, token) = try await world([
            "orphan": true, "path_suffix": "ci", "renewable": false, "token_explicit_max_ttl": 500,
            "token_num_uses": 4, "token_no_default_policy": true, "token_bound_cidrs": "192.168.0.0/16",
            "allowed_policies": "x",
        ])
        let made = try await world.call("create/web", ["ttl": 900], as: token)
        #expect(made.auth?.policies == ["x"] && made.auth?.isOrphan == true && made.auth?.isRenewable == false)
        #expect(made.auth?.numUses == 4 && made.auth?.leaseDuration == 500)
        let entry = try #require(try await world.find(try made.token))
        #expect(entry.path == "auth/token/create/web/ci" && entry.role == "web")
        #expect(entry.boundCIDRs == ["192.168.0.0/16"])
    }

    @Test func batchTokensOfARoleHaveNothingThatMustBeCounted() async throws {
        let (uses, first) = try await world(["token_num_uses": 1])
        #expect(try await uses.call("create/web", ["type": "batch"], as: first).status == 400)
        let (period, second) = try await world(["token_period": 60, "token_type": "default-batch"])
        #expect(try await period.call("create/web", as: second).status == 400)
        let (fixed, third) = try await world(["token_type": "batch"])
        #expect(try await fixed.call("create/web", ["type": "service"], as: third).auth?.tokenType == .batch)
    }

    @Test func periodOfTheRoleCountsAtEachRenewal() async throws {
        let (world, token) = try await world(["token_period": 60])
        let made = try await world.call("create/web", as: token).token
        #expect(try await world.find(made, at: 59) != nil)
        #expect(try await world.call("renew-self", as: made, at: 50).auth?.leaseDuration == 60)
        let root = try await world.root()
        try await world.call("roles/web", ["token_period": 10], as: root)
        #expect(try await world.call("renew-self", ["increment": 500], as: made, at: 100).auth?.leaseDuration == 10)
        #expect(try await world.find(made, at: 110) == nil)
    }

    @Test(
        arguments: [
            ([:], [600, 60, 5], 0), (["explicit_max_ttl": "5m", "period": "20s", "num_uses": 3], [300, 20, 3], 2),
            (["explicit_max_ttl": "1h", "period": "1h", "num_uses": 9], [600, 60, 5], 2),
            (["explicit_max_ttl": "900h"], [600, 60, 5], 1), (["period": "500ms"], [600, 1, 5], 1),
        ] as [(JSONObject, [Int], Int)])
    func ofTwoLimitsTheLesserCounts(body: JSONObject, limits: [Int], warnings: Int) async throws {
        let (world, token) = try await world([
            "token_explicit_max_ttl": 600, "token_period": 60, "token_num_uses": 5, "allowed_policies": "default",
        ])
        let made = try await world.call("create/web", body, as: token, sudo: true)
        let told =
            made.warnings.filter { $0.utf8.starts(with: "Explicit max TTL specified both".utf8) }
            + made.warnings.filter { $0.utf8.starts(with: "Period specified both".utf8) }
        #expect(told.count == warnings)
        let entry = try #require(try await world.find(try made.token))
        #expect([entry.explicitMaxTTL, entry.period, entry.remainingUses ?? 0] == limits)
    }

    @Test func limitsThatOnlyTheRequestGivesCount() async throws {
        let (world, token) = try await world([:])
        let body: JSONObject = ["explicit_max_ttl": 900, "period": 30, "num_uses": 2]
        let made = try await world.call("create/web", body, as: token, sudo: true)
        #expect(made.auth?.leaseDuration == 30 && made.auth?.numUses == 2)
        let entry = try #require(try await world.find(try made.token))
        #expect(entry.explicitMaxTTL == 900 && entry.period == 30)
        #expect(try await world.call("renew-self", as: try made.token, at: 20).auth?.leaseDuration == 30)
    }

    @Test func whoeverWantsNoDefaultPolicyGetsNone() async throws {
        let (world, token) = try await world(["allowed_policies": "x,default"])
        for body in [["no_default_policy": true], ["no_default_policy": true, "policies": "x,default"]] as [JSONObject]
        {
            #expect(try await world.call("create/web", body, as: token).auth?.policies == ["x"])
        }
        #expect(try await world.call("create/web", as: token).auth?.policies == ["default", "x"])
    }

    @Test func aliasesOfEntitiesAreRefused() async throws {
        let (world, token) = try await world(["allowed_entity_aliases": "a"])
        let body: JSONObject = ["entity_alias": "a"]
        for path in ["create", "create-orphan"] {
            let refused = try await world.call(path, body, as: token)
            #expect(refused.error == "'entity_alias' is only allowed in combination with token role")
        }
        #expect(try await world.call("create/web", body, as: token).error == "invalid 'entity_alias' value")
        #expect(try await world.call("create/other", body, as: token).error == "unknown role other")
        #expect(try await world.call("create", ["entity_alias": ""], as: token).error == nil)
    }
}
