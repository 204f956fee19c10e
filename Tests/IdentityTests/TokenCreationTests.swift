import EngineKit
import Identity
import Notation
import Testing

/// `auth/token/create` and its relatives.
@Suite struct TokenCreationTests {
    @Test func childGetsTheParentsPoliciesUnlessItAsksForFewer() async throws {
        let world = TokenWorld()
        let parent = try await world.token("a", "b", "default")
        let made = try await world.call("create", as: parent)
        #expect(made.auth?.policies == ["a", "b", "default"])
        #expect(made.auth?.isOrphan == false && made.auth?.isRenewable == true && made.auth?.tokenType == .service)
        #expect(made.auth?.leaseDuration == 2_764_800)
        #expect(made.data == nil)
        let fewer = try await world.call("create", ["policies": ["B", " b "]], as: parent)
        #expect(fewer.auth?.policies == ["b", "default"])
        let plain = try await world.call("create", ["policies": "b", "no_default_policy": true], as: parent)
        #expect(plain.auth?.policies == ["b"])
        let none = try await world.call("create", ["no_default_policy": true], as: parent)
        #expect(none.auth?.policies == ["a", "b"])
    }

    @Test func policiesWithoutTextAreWarnedOf() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let made = try await world.call("create", ["policies": ["nobody"]], as: root)
        #expect(made.warnings.contains("Policy \"nobody\" does not exist"))
    }

    @Test(
        arguments: [
            (["policies": ["c"]], "child policies must be subset of parent"),
            (["policies": ["a", "c"]], "child policies must be subset of parent"),
            (["policies": ["root"]], "child policies must be subset of parent"),
            (["policies": ["Root"]], "child policies must be subset of parent"),
            (["policies": ["root "]], "child policies must be subset of parent"),
            (["id": "mytoken"], "root or sudo privileges required to specify token id"),
            (["no_parent": true], "root or sudo privileges required to create orphan token"),
            (["period": "1h"], "root or sudo privileges required to create periodic token"),
            (["num_uses": -1], "number of uses cannot be negative"),
            (["type": "other"], "invalid 'token_type' value"),
        ] as [(JSONObject, String)])
    func childCannotRiseAboveItsParent(body: JSONObject, message: String) async throws {
        let world = TokenWorld()
        let parent = try await world.token("a", "default")
        let refused = try await world.call("create", body, as: parent)
        #expect(refused.status == 400 && refused.error == message)
        #expect(world.store.count(TokenRecords.token) == 1)
    }

    @Test func onlyRootMakesRoot() async throws {
        let world = TokenWorld()
        let sudo = try await world.token("a", "default")
        let refused = try await world.call("create", ["policies": ["ROOT "]], as: sudo, sudo: true)
        #expect(refused.error == "root tokens may not be created without parent token being root")
        let root = try await world.root()
        let made = try await world.call("create", as: root)
        #expect(made.auth?.policies == ["root"] && made.auth?.leaseDuration == 0 && made.auth?.isRenewable == false)
        let child = try await world.call("lookup-self", as: try made.token)
        #expect(child.data?["expire_time"].map { if case .null = $0 { true } else { false } } == true)
        #expect(child.data?["renewable"]?.boolValue == false && child.data?["ttl"]?.intValue == 0)
        let mixed = try await world.call("create", ["policies": ["root", "a"]], as: root)
        #expect(mixed.error == "root tokens may not have other policies")
        let ending = try await world.call("create", ["ttl": "1h"], as: root)
        #expect(ending.auth?.policies == ["root"] && ending.auth?.leaseDuration == 3_600)
    }

    @Test func childDoesNotGainTheDefaultPolicy() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let parent = try await world.call("create", ["policies": ["a"], "no_default_policy": true], as: root).token
        #expect(try await world.call("create", as: parent).auth?.policies == ["a"])
        #expect(try await world.call("create", ["policies": ["a"]], as: parent).auth?.policies == ["a"])
        let refused = try await world.call("create", ["policies": ["default"]], as: parent)
        #expect(refused.error == "child policies must be subset of parent")
        let sudo = try await world.call("create", ["policies": ["default"]], as: parent, sudo: true)
        #expect(sudo.auth?.policies == ["default"])
    }

    @Test(arguments: ["../root", "ns1/../root", "root/", "/root", "%2e%2e/root", "a\u{0}", "a//b", "", " "])
    func tricksInPolicyNamesAreRefused(name: String) async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let refused = try await world.call("create", ["policies": [.string(name)]], as: root)
        #expect(refused.status == 400 && refused.error == "invalid policy name")
    }

    @Test func tokenMayBeNamedByThosePrivileged() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        #expect(try await world.call("create", ["id": "mine", "policies": ["a"]], as: root).token == "mine")
        let again = try await world.call("create", ["id": "mine", "policies": ["a"]], as: root)
        #expect(again.status == 400 && again.error == "cannot create a token with a duplicate ID")
        for id in ["hvs.x", "hvb.x", "s.x", "a.b", "../x", "a b", "a\u{301}", String(repeating: "x", count: 257)] {
            #expect(try await world.call("create", ["id": .string(id)], as: root).status == 400, "\(id)")
        }
        #expect(
            try await world.call("create", ["id": "hvs.x"], as: root).error
                == "custom token ID cannot have the 'hvs.' prefix")
    }

    @Test func orphansOutliveWhoMadeThem() async throws {
        let world = TokenWorld()
        let parent = try await world.token("a", "default")
        let orphan = try await world.call("create-orphan", as: parent)
        #expect(try await world.find(try orphan.token)?.path == "auth/token/create-orphan")
        #expect(orphan.auth?.isOrphan == true)
        try await world.call("revoke-self", as: parent)
        #expect(try await world.find(try orphan.token) != nil)
        let root = try await world.root()
        #expect(try await world.call("create", ["no_parent": true, "policies": "a"], as: root).auth?.isOrphan == true)
    }

    @Test(arguments: [
        ("", "token"), ("Foo1", "token-Foo1"), ("a b/c", "token-a-b-c"), ("a!", "token-a"),
        ("caf\u{E9}x", "token-caf--x"),
    ])
    func displayNameIsMadeSafe(wish: String, shown: String) async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let made = try await world.call("create", ["display_name": .string(wish), "policies": "a"], as: root)
        #expect(made.auth?.displayName == shown)
    }

    @Test func timesAreCappedWithAWarning() async throws {
        let world = TokenWorld(maxTTL: 1_000)
        let root = try await world.root()
        let long = try await world.call("create", ["ttl": "1h", "policies": "a"], as: root)
        #expect(long.auth?.leaseDuration == 1_000)
        #expect(
            long.warnings.contains(
                "TTL of \"1h0m0s\" exceeded the effective max_ttl of \"16m40s\"; TTL value is capped accordingly"))
        let explicit = try await world.call("create", ["explicit_max_ttl": 2_000, "policies": "a"], as: root)
        #expect(
            explicit.warnings.first
                == "Explicit max TTL of 2000 seconds is greater than system mount allowed value of 1000 seconds; "
                + "value is being capped to the latter")
        let shown = try await world.call("lookup-self", as: try explicit.token)
        #expect(shown.data?["explicit_max_ttl"]?.intValue == 1_000)
        let legacy = try await world.call("create", ["lease": "90s", "policies": "a"], as: root)
        #expect(legacy.auth?.leaseDuration == 90)
        #expect(try await world.call("create", ["ttl": "-1s"], as: root).status == 400)
    }

    @Test func tokensWithLimitedUsesHaveNoChildren() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let limited = try await world.call("create", ["num_uses": 3, "policies": "a"], as: root)
        #expect(limited.auth?.numUses == 3)
        let refused = try await world.call("create", as: try limited.token)
        #expect(refused.status == 400 && refused.error == "restricted use token cannot generate child tokens")
    }

    @Test(arguments: [["id": "x"], ["num_uses": 2], ["period": 60], ["explicit_max_ttl": 60]] as [JSONObject])
    func batchTokensAreSimple(extra: JSONObject) async throws {
        let world = TokenWorld()
        let root = try await world.root()
        var body: JSONObject = ["type": "batch", "policies": ["a"]]
        let made = try await world.call("create", body, as: root)
        #expect(made.auth?.tokenType == .batch && made.auth?.accessor == "" && made.auth?.isRenewable == false)
        #expect(try await world.call("create", as: try made.token).error == "batch tokens cannot create more tokens")
        for member in extra.members { body[member.name] = member.value }
        #expect(try await world.call("create", body, as: root).status == 400)
        #expect(
            try await world.call("create", ["type": "batch"], as: root).error == "batch tokens cannot be root tokens")
    }

    @Test func childIsBoundToTheNetworksOfItsParent() async throws {
        let world = TokenWorld()
        let parent = try await world.token("a", "default") { $0.boundCIDRs = ["10.0.0.0/8"] }
        for body in [[:], ["type": "batch"], ["policies": ["a"]]] as [JSONObject] {
            let child = try await world.call("create", body, as: parent).token
            #expect(try await world.find(child)?.boundCIDRs == ["10.0.0.0/8"])
        }
    }
}
