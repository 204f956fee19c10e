import Notation
import Testing
import VaultCore

/// Mounting, tuning and moving.
@Suite struct VaultMountTests {
    @Test func newVaultHasItsMounts() async throws {
        try await withUnsealedVault { vault, root in
            let mounts = try #require(try await vault.ask(.read, "sys/mounts", as: root).data?.objectValue)
            #expect(mounts.members.map(\.name) == ["config/", "cubbyhole/", "flags/", "identity/", "pulse/", "sys/"])
            let auth = try #require(try await vault.ask(.read, "sys/auth", as: root).data?.objectValue)
            #expect(auth.members.map(\.name) == ["token/"])
        }
    }

    @Test func engineIsMountedReadAndUnmounted() async throws {
        try await withUnsealedVault { vault, root in
            let body: JSON = [
                "type": "kv", "description": "text", "options": ["version": "2"],
                "config": ["default_lease_ttl": "1h", "max_lease_ttl": 7_200],
            ]
            #expect(try await vault.ask(.write, "sys/mounts/a/b", as: root, body).status == 204)
            let info = try #require(try await vault.ask(.read, "sys/mounts/a/b", as: root).data)
            #expect(info["type"]?.stringValue == "kv" && info["description"]?.stringValue == "text")
            #expect(info["options"]?["version"]?.stringValue == "2")
            #expect(info["config"]?["default_lease_ttl"]?.intValue == 3_600)
            #expect(info["config"]?["max_lease_ttl"]?.intValue == 7_200)
            #expect(info["accessor"]?.stringValue?.utf8.starts(with: "kv_".utf8) == true)
            #expect(info["accessor"]?.stringValue?.utf8.count == 11 && info["uuid"]?.stringValue?.utf8.count == 36)
            #expect(try await vault.ask(.write, "a/b/data/x", as: root, ["data": ["k": "v"]]).status == 200)
            #expect(try await vault.ask(.delete, "sys/mounts/a/b", as: root).status == 204)
            #expect(try await vault.ask(.delete, "sys/mounts/a/b", as: root).status == 204)
            #expect(try await vault.ask(.read, "a/b/data/x", as: root).status == 404)
            // What was in it does not come back with a new mount at the same path.
            #expect(try await vault.ask(.write, "sys/mounts/a/b", as: root, body).status == 204)
            #expect(try await vault.ask(.read, "a/b/data/x", as: root).status == 404)
            let none = try await vault.ask(.read, "sys/mounts/none", as: root)
            #expect(none.status == 400 && none.error == "No secret engine mount at none/")
        }
    }

    @Test(
        arguments: [
            ("x", [:], "backend type must be specified as a string"),
            ("x", ["type": "nope"], "plugin not found in the catalog: nope"),
            ("x", ["type": "cubbyhole"], "mount type of \"cubbyhole\" is not mountable"),
            ("x", ["type": "identity"], "mount type of \"identity\" is not mountable"),
            ("sys", ["type": "kv"], "cannot mount \"sys/\""), ("auth/x", ["type": "kv"], "cannot mount \"auth/x/\""),
            ("cubbyhole/x", ["type": "kv"], "cannot mount \"cubbyhole/x/\""),
            ("identity", ["type": "kv"], "cannot mount \"identity/\""),
            ("audit", ["type": "kv"], "cannot mount \"audit/\""),
            ("used", ["type": "kv"], "path is already in use at used/"),
            ("used/below", ["type": "kv"], "existing mount at used/"),
            ("deep", ["type": "kv"], "existing mount at deep/er/"),
            ("%20x", ["type": "kv"], nil), ("x%20", ["type": "kv"], nil), ("a*", ["type": "kv"], nil),
            ("a/+", ["type": "kv"], nil),
            ("x", ["type": "kv", "options": ["version": "3"]], nil),
            (
                "x", ["type": "kv", "config": ["default_lease_ttl": "1h", "max_lease_ttl": "1m"]],
                "given default lease TTL greater than given max lease TTL"
            ),
            (
                "x", ["type": "kv", "config": ["default_lease_ttl": "10000h"]],
                "given default lease TTL greater than system max lease TTL of 2764800"
            ),
            ("x", ["type": "kv", "config": ["listing_visibility": "all"]], nil),
            ("x", ["type": "kv", "config": "CANARY"], nil),
        ] as [(String, JSON, String?)])
    func impossibleMountsAreRefused(path: String, body: JSON, message: String?) async throws {
        try await withUnsealedVault { vault, root in
            #expect(try await vault.ask(.write, "sys/mounts/used", as: root, ["type": "kv"]).status == 204)
            #expect(try await vault.ask(.write, "sys/mounts/deep/er", as: root, ["type": "kv"]).status == 204)
            let refused = try await vault.ask(.write, "sys/mounts/\(path)", as: root, body)
            #expect(refused.status == 400)
            if let message { #expect(refused.error == message) }
            let mounts = try await vault.ask(.read, "sys/mounts", as: root)
            #expect(mounts.data?.objectValue?.members.count == 8)
        }
    }

    @Test(arguments: ["sys", "cubbyhole", "identity"]) func mountsOfTheVaultStay(path: String) async throws {
        try await withUnsealedVault { vault, root in
            #expect(try await vault.ask(.delete, "sys/mounts/\(path)", as: root).status == 400)
            let moved = try await vault.ask(.write, "sys/remount", as: root, ["from": .string(path), "to": "x"])
            #expect(moved.status == 400 && moved.error == "cannot remount \"\(path)/\"")
        }
    }

    @Test func tokensCannotBeTakenAwayFromTheirPlace() async throws {
        try await withUnsealedVault { vault, root in
            #expect(try await vault.ask(.delete, "sys/auth/token", as: root).status == 400)
            let moved = try await vault.ask(.write, "sys/remount", as: root, ["from": "auth/token", "to": "auth/x"])
            #expect(moved.status == 400 && moved.error == "cannot remount \"auth/token/\"")
            #expect(try await vault.ask(.delete, "sys/mounts/auth/token", as: root).status == 204)
            #expect(try await vault.ask(.read, "auth/token/lookup-self", as: root).status == 200)
        }
    }

    @Test func tuningIsReadAndChangedInPart() async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/kv", as: root, ["type": "kv"])
            let before = try #require(try await vault.ask(.read, "sys/mounts/kv/tune", as: root).data)
            #expect(
                before["default_lease_ttl"]?.intValue == 2_764_800 && before["max_lease_ttl"]?.intValue == 2_764_800)
            let body: JSON = [
                "max_lease_ttl": "2h", "audit_non_hmac_request_keys": "a,b", "listing_visibility": "unauth",
            ]
            let refused = try await vault.ask(
                .write, "sys/mounts/kv/tune", as: root, ["default_lease_ttl": "3h", "max_lease_ttl": "2h"])
            #expect(refused.error == "given default lease TTL greater than given max lease TTL")
            #expect(try await vault.ask(.write, "sys/mounts/kv/tune", as: root, body).status == 204)
            let after = try #require(try await vault.ask(.read, "sys/mounts/kv/tune", as: root).data)
            #expect(after["max_lease_ttl"]?.intValue == 7_200 && after["listing_visibility"]?.stringValue == "unauth")
            #expect(after["audit_non_hmac_request_keys"]?.arrayValue?.count == 2)
            #expect(
                try await vault.ask(.write, "sys/mounts/kv/tune", as: root, ["max_lease_ttl": "system"]).status == 204)
            let unset = try await vault.ask(.read, "sys/mounts/kv/tune", as: root)
            #expect(unset.data?["max_lease_ttl"]?.intValue == 2_764_800)
            let none = try await vault.ask(.read, "sys/mounts/none/tune", as: root)
            #expect(none.status == 400 && none.error == "cannot fetch sysview for path \"none/\"")
        }
    }

    @Test func versionGoesUpAndNotDown() async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/kv", as: root, ["type": "kv"])
            _ = try await vault.ask(.write, "kv/a", as: root, ["k": "v"])
            let options: (String) -> JSON = { ["options": ["version": .string($0)]] }
            let up = try await vault.ask(.write, "sys/mounts/kv/tune", as: root, options("2"))
            #expect(up.status == 200 && up.warnings.count == 1)
            let read = try await vault.ask(.read, "kv/data/a", as: root)
            #expect(read.data?["data"]?["k"]?.stringValue == "v")
            let down = try await vault.ask(.write, "sys/mounts/kv/tune", as: root, options("1"))
            #expect(down.status == 400 && down.error == "cannot downgrade mount from version 2")
        }
    }

    @Test func movedMountKeepsWhatIsInIt() async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/kv", as: root, ["type": "kv"])
            _ = try await vault.ask(.write, "kv/a", as: root, ["k": "v"])
            let before = try await vault.ask(.read, "sys/mounts/kv", as: root).data
            let moved = try await vault.ask(.write, "sys/remount", as: root, ["from": "kv", "to": "b/c/"])
            #expect(moved.status == 200 && moved.warnings.count == 1)
            let id = try #require(moved.data?["migration_id"]?.stringValue)
            #expect(moved.json["migration_id"]?.stringValue == id)
            let status = try await vault.ask(.read, "sys/remount/status/\(id)", as: root)
            #expect(status.data?["migration_info"]?["status"]?.stringValue == "success")
            #expect(status.data?["migration_info"]?["target_mount"]?.stringValue == "b/c/")
            #expect(try await vault.ask(.read, "sys/remount/status/none", as: root).status == 404)
            #expect(try await vault.ask(.read, "b/c/a", as: root).data?["k"]?.stringValue == "v")
            #expect(try await vault.ask(.read, "kv/a", as: root).status == 404)
            let after = try await vault.ask(.read, "sys/mounts/b/c", as: root).data
            for name in ["accessor", "uuid"] {
                #expect(after?[name]?.stringValue == before?[name]?.stringValue && after?[name] != nil)
            }
        }
    }

    @Test(
        arguments: [
            (["from": "none", "to": "x"], "no matching mount at \"none/\""),
            (["from": "kv", "to": ""], "invalid destination mount path \"\""),
            (["from": "kv", "to": "other"], "path already in use at \"other/\""),
            (["from": "kv ", "to": "x"], "'from' path cannot contain trailing whitespace"),
            (["from": "kv", "to": "sys/x"], nil), (["from": "kv", "to": "auth/x"], nil),
            (["from": "kv", "to": "a//b"], nil),
            (["from": "kv", "to": "a/../b"], nil), (["from": "kv", "to": "a\u{0}b"], nil),
            (["from": "kv", "to": "/a"], nil),
            (["from": "kv", "to": ["x"]], nil),
        ] as [(JSON, String?)])
    func impossibleMovesAreRefused(body: JSON, message: String?) async throws {
        try await withUnsealedVault { vault, root in
            for path in ["kv", "other"] {
                _ = try await vault.ask(.write, "sys/mounts/\(path)", as: root, ["type": "kv"])
            }
            let refused = try await vault.ask(.write, "sys/remount", as: root, body)
            #expect(refused.status == 400)
            if let message { #expect(refused.error == message) }
            #expect(try await vault.ask(.read, "sys/mounts/kv", as: root).status == 200)
        }
    }
}
