import EngineKit
import Identity
import Notation
import Testing

/// Looking up, renewing and revoking tokens.
@Suite struct TokenUseTests {
    @Test func lookupTellsWhatVaultTells() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let made = try await world.call(
            "create", ["policies": "b,a", "ttl": "1h", "meta": ["k": "v"], "display_name": "x", "period": "2h"],
            as: root)
        let token = try made.token
        let data = try #require(try await world.call("lookup", ["token": .string(token)], as: root).data)
        #expect(data["id"]?.stringValue == token && data["path"]?.stringValue == "auth/token/create")
        #expect(data["policies"]?.arrayValue?.compactMap(\.stringValue) == ["a", "b", "default"])
        #expect(data["ttl"]?.intValue == 7_200 && data["creation_ttl"]?.intValue == 7_200)
        #expect(data["period"]?.intValue == 7_200 && data["num_uses"]?.intValue == 0)
        #expect(data["meta"]?["k"]?.stringValue == "v" && data["display_name"]?.stringValue == "token-x")
        #expect(data["orphan"]?.boolValue == false && data["type"]?.stringValue == "service")
        #expect(data["expire_time"]?.stringValue == "2023-11-15T00:13:20Z")
        #expect(data["issue_time"]?.stringValue == "2023-11-14T22:13:20Z" && data["renewable"]?.boolValue == true)
        #expect(data["creation_time"]?.intValue == 1_700_000_000 && data["entity_id"]?.stringValue == "")
        #expect(data["last_renewal"] == nil && data["bound_cidrs"] == nil && data["role"] == nil)
        let accessor = try #require(data["accessor"]?.stringValue)
        let other = try await world.call("lookup-accessor", ["accessor": .string(accessor)], as: root)
        #expect(other.data?["id"]?.stringValue == "" && other.data?["accessor"]?.stringValue == accessor)
        #expect(try await world.call("lookup", as: token).data?["id"]?.stringValue == token)
        #expect(try await world.call("accessors", as: root, .list).names?.contains(accessor) == true)
    }

    @Test func rootIsShownWithoutAnEnd() async throws {
        let world = TokenWorld()
        let data = try #require(try await world.call("lookup-self", as: try await world.root(), .read).data)
        #expect(data["ttl"]?.intValue == 0 && data["renewable"] == nil && data["issue_time"] == nil)
        #expect(data["path"]?.stringValue == "auth/token/root" && data["orphan"]?.boolValue == true)
    }

    @Test(
        arguments: [
            ("lookup", ["token": "hvs.none"], 403, "bad token"), ("lookup", ["token": "hvb.none"], 403, "bad token"),
            ("lookup-accessor", [:], 400, "missing accessor"),
            ("lookup-accessor", ["accessor": "none"], 400, "invalid accessor"),
            ("renew", [:], 400, "missing token ID"), ("renew", ["token": "hvs.none"], 400, "token not found"),
            ("renew-accessor", [:], 400, "missing accessor"),
            ("renew-accessor", ["accessor": "none"], 400, "invalid accessor"),
            ("renew-self", [:], 400, "lease is not renewable"),
            ("revoke", [:], 400, "missing token ID"),
            ("revoke", ["token": "hvb.x"], 400, "batch tokens cannot be revoked"),
            ("revoke-accessor", ["accessor": "none"], 400, "invalid accessor"),
            ("revoke-accessor", [:], 400, "missing accessor"),
            ("revoke-orphan", ["token": "hvs.none"], 400, "token to revoke not found"),
            ("revoke-orphan", [:], 400, "missing token ID"),
        ] as [(String, JSONObject, Int, String)])
    func mistakesAreNamed(path: String, body: JSONObject, status: Int, message: String) async throws {
        let world = TokenWorld()
        let answer = try await world.call(path, body, as: try await world.root())
        #expect(answer.status == status && answer.error == message)
    }

    @Test func unknownTokenIsRevokedAlready() async throws {
        let world = TokenWorld()
        let answer = try await world.call("revoke", ["token": "hvs.none"], as: try await world.root())
        #expect(answer.error == nil)
    }

    @Test func renewalGivesWhatIsLeft() async throws {
        let world = TokenWorld(defaultTTL: 100, maxTTL: 1_000)
        let token = try await world.call("create", ["policies": "a"], as: try await world.root()).token
        var now = 0.0
        for _ in 0..<9 {
            now += 99
            #expect(try await world.call("renew-self", as: token, at: now).auth?.leaseDuration == 100)
        }
        now += 59
        let last = try await world.call("renew-self", ["increment": 500], as: token, at: now)
        #expect(last.auth?.leaseDuration == 50 && last.warnings.count == 1)
        #expect(last.auth?.clientToken == token)
        let data = try await world.call("lookup-self", as: token, at: now).data
        #expect(data?["last_renewal_time"]?.intValue == 1_700_000_950 && data?["ttl"]?.intValue == 50)
        #expect(try await world.find(token, at: 999.9) != nil)
        #expect(try await world.find(token, at: 1_000) == nil)
    }

    @Test func renewalWithinTheLastSecondDoesNotMakeATokenImmortal() async throws {
        let world = TokenWorld()
        let token = try await world.call(
            "create", ["policies": "a", "explicit_max_ttl": 3], as: try await world.root()
        ).token
        for moment in [2.5, 2.9, 2.99] {
            let answer = try await world.call("renew-self", as: token, at: moment)
            #expect(try #require(answer.auth).leaseDuration > 0)
        }
        #expect(try await world.find(token, at: 3) == nil)
        #expect(try await world.call("renew-self", as: token, at: 3).status == 403)
    }

    @Test func whatCannotBeRenewedIsRefused() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let fixed = try await world.call("create", ["policies": "a", "renewable": false], as: root).token
        #expect(try await world.call("renew-self", as: fixed).error == "lease is not renewable")
        let batch = try await world.call("create", ["policies": "a", "type": "batch"], as: root).token
        #expect(
            try await world.call("renew", ["token": .string(batch)], as: root).error == "batch tokens cannot be renewed"
        )
    }

    @Test func accessorIsEnoughToRenewAndRevoke() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let made = try await world.call("create", ["policies": "a", "ttl": 60], as: root)
        let accessor = JSON.string(try #require(made.auth).accessor)
        let renewed = try await world.call("renew-accessor", ["accessor": accessor, "increment": 90], as: root, at: 30)
        #expect(renewed.auth?.leaseDuration == 90 && renewed.auth?.clientToken == "")
        #expect(try await world.call("revoke-accessor", ["accessor": accessor], as: root).error == nil)
        #expect(try await world.find(try made.token) == nil)
        #expect(try await world.call("lookup-accessor", ["accessor": accessor], as: root).error == "invalid accessor")
    }

    @Test func revocationTakesChildrenAndOrphaningKeepsThem() async throws {
        let world = TokenWorld()
        let root = try await world.root()
        let parent = try await world.call("create", ["policies": "a"], as: root).token
        let child = try await world.call("create", as: parent).token
        let body: JSONObject = ["token": .string(parent)]
        #expect(
            try await world.call("revoke-orphan", body, as: child).error
                == "root or sudo privileges required to revoke and orphan")
        #expect(try await world.call("revoke-orphan", body, as: root).error == nil)
        #expect(try await world.find(parent) == nil)
        #expect(try await world.find(child)?.isOrphan == true)
        let grandchild = try await world.call("create", as: child).token
        #expect(try await world.call("revoke", ["token": .string(child)], as: root).error == nil)
        #expect(try await world.find(grandchild) == nil)
        #expect(try await world.find(root) != nil)
    }

    @Test func tidyIsAcknowledged() async throws {
        let world = TokenWorld()
        let answer = try await world.call("tidy", as: try await world.root())
        #expect(answer.status == 202)
        #expect(answer.warnings.first?.utf8.starts(with: "Tidy operation successfully started.".utf8) == true)
    }
}
