import EngineKit
import Notation
import Testing
import VaultCore

/// Policies over the API.
@Suite struct VaultPolicyTests {
    static let rules = "# note\npath \"a/*\" {\n  capabilities = [\"read\"]\n}\n"

    @Test func textComesBackAsItWasGiven() async throws {
        try await withUnsealedVault { vault, root in
            let json = #"{"path":{"b/*":{"capabilities":["list"]}}}"#
            for text in [Self.rules, json] {
                let given = try await vault.ask(.write, "sys/policies/acl/p", as: root, ["policy": .string(text)])
                #expect(given.status == 204)
                let read = try #require(try await vault.ask(.read, "sys/policies/acl/p", as: root).data?.objectValue)
                #expect(read.members.map(\.name) == ["name", "policy"] && read["policy"]?.stringValue == text)
            }
            let encoded = Base64.encode(Array(Self.rules.utf8))
            _ = try await vault.ask(.write, "sys/policies/acl/p", as: root, ["policy": .string(encoded)])
            let older = try await vault.ask(.read, "sys/policy/p", as: root)
            #expect(older.data?["rules"]?.stringValue == Self.rules && older.json["rules"]?.stringValue == Self.rules)
        }
    }

    @Test func policiesAreListedWithRootAtTheEnd() async throws {
        try await withUnsealedVault { vault, root in
            for name in ["zz", "team/a"] {
                _ = try await vault.ask(.write, "sys/policies/acl/\(name)", as: root, ["policy": .string(Self.rules)])
            }
            let keys = try #require(try await vault.ask(.list, "sys/policies/acl", as: root).texts("keys"))
            #expect(keys.last == "root" && keys.contains("default") && keys.contains("team/a") && keys.contains("zz"))
            #expect(!keys.contains("response-wrapping"))
            #expect(
                keys.dropLast().elementsEqual(keys.dropLast().sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }))
            #expect(try await vault.ask(.read, "sys/policy", as: root).texts("policies") == keys)
        }
    }

    @Test func nameIsLoweredWithAWarning() async throws {
        try await withUnsealedVault { vault, root in
            let given = try await vault.ask(.write, "sys/policies/acl/MiXed", as: root, ["policy": .string(Self.rules)])
            #expect(given.status == 200 && given.warnings.count == 1)
            #expect(
                try await vault.ask(.read, "sys/policies/acl/mixed", as: root).data?["name"]?.stringValue == "mixed")
            #expect(try await vault.ask(.delete, "sys/policies/acl/MIXED", as: root).status == 204)
            #expect(try await vault.ask(.read, "sys/policies/acl/mixed", as: root).status == 404)
            #expect(try await vault.ask(.delete, "sys/policies/acl/mixed", as: root).status == 204)
        }
    }

    @Test func builtInPoliciesAreProtected() async throws {
        try await withUnsealedVault { vault, root in
            for name in ["root", "ROOT", "root%20", "response-wrapping"] {
                let written = try await vault.ask(
                    .write, "sys/policies/acl/\(name)", as: root, ["policy": .string(Self.rules)])
                #expect(written.status == 400 && written.error?.utf8.starts(with: "cannot update \"r".utf8) == true)
            }
            for name in ["root", "default", "Default"] {
                let deleted = try await vault.ask(.delete, "sys/policies/acl/\(name)", as: root)
                #expect(deleted.status == 400)
            }
            #expect(
                try await vault.ask(.delete, "sys/policy/default", as: root).error == "cannot delete \"default\" policy"
            )
            #expect(try await vault.ask(.delete, "sys/policy/root", as: root).error == "cannot delete \"root\" policy")
        }
    }

    @Test(arguments: [[:], ["policy": ""], ["policy": nil], ["rules": ""]] as [JSON])
    func missingTextIsNamed(body: JSON) async throws {
        try await withUnsealedVault { vault, root in
            let answer = try await vault.ask(.write, "sys/policies/acl/p", as: root, body)
            #expect(answer.status == 400 && answer.error == "'policy' parameter not supplied or empty")
        }
    }

    @Test(arguments: ["path", "path \"a\" {", "CANARY", "path \"a\" { capabilities = [\"CANARY\"] }", "{\"path\": 7}"])
    func textThatIsNoPolicyIsRefused(text: String) async throws {
        try await withUnsealedVault { vault, root in
            let answer = try await vault.ask(.write, "sys/policies/acl/p", as: root, ["policy": .string(text)])
            #expect(answer.status == 400 && answer.error?.utf8.starts(with: "failed to parse policy: ".utf8) == true)
            #expect(try await vault.ask(.read, "sys/policies/acl/p", as: root).status == 404)
        }
    }

    @Test func changedPolicyIsInForceWithItsAnswer() async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token("p", #"path "sys/mounts" { capabilities = ["read"] }"#, root: root)
            #expect(try await vault.ask(.read, "sys/mounts", as: token).status == 200)
            _ = try await vault.ask(.delete, "sys/policies/acl/p", as: root)
            #expect(try await vault.ask(.read, "sys/mounts", as: token).status == 403)
        }
    }

    /// A rule that denies one spelling is not dodged by another.
    @Test(arguments: ["admin", "ADMIN", "aDmin", "admin%20", "%20admin"])
    func denialHoldsForOtherSpellings(name: String) async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token(
                "p",
                """
                path "sys/policies/acl/*" { capabilities = ["create", "update"] }
                path "sys/policies/acl/admin" { capabilities = ["deny"] }
                """, root: root)
            let answer = try await vault.ask(
                .write, "sys/policies/acl/\(name)", as: token, ["policy": .string(Self.rules)])
            #expect(answer.status == 403)
        }
    }

    @Test func aWriteMayNameTheVersionThatItReplaces() async throws {
        try await withUnsealedVault { vault, root in
            let write = { (more: JSONObject) async throws -> String? in
                var body: JSONObject = ["policy": .string(Self.rules)]
                for member in more.members { body[member.name] = member.value }
                return try await vault.ask(.write, "sys/policies/acl/p", as: root, .object(body)).error
            }
            let mismatch = "check-and-set parameter did not match the current version"
            let missing = "check-and-set parameter required for this call"
            #expect(try await write(["cas": 1]) == mismatch)
            #expect(try await write(["cas_required": true]) == missing)
            #expect(try await write(["cas": -1]) == nil)
            #expect(try await write(["cas": -1]) == "check-and-set parameter set to -1 on existing entry")
            #expect(try await write(["cas": 0]) == mismatch)
            #expect(try await write([:]) == nil)
            #expect(try await write(["cas": 2, "cas_required": true]) == nil)
            #expect(try await write([:]) == missing)
            let read = try await vault.ask(.read, "sys/policies/acl/p", as: root).data
            #expect(read?["version"]?.intValue == 3)
            #expect(read?["cas_required"]?.boolValue == true && read?["expiration"] == nil)
            _ = try await vault.ask(.delete, "sys/policies/acl/p", as: root)
            #expect(try await write(["cas": 0]) == nil)
        }
    }

    @Test func aPolicyEndsWithItsTime() async throws {
        try await withUnsealedVault { vault, root in
            let rules: JSON = .string(#"path "sys/mounts" { capabilities = ["read"] }"#)
            let token = try await vault.token("p", #"path "x" { capabilities = ["read"] }"#, root: root)
            let now = Timestamp.now()
            let later = now.adding(seconds: 60)
            let body: JSON = ["policy": rules, "ttl": "60s"]
            #expect(try await vault.ask(.write, "sys/policies/acl/p", as: root, body, at: now).status == 204)
            #expect(try await vault.ask(.read, "sys/mounts", as: token, at: now.adding(seconds: 59)).status == 200)
            #expect(try await vault.ask(.read, "sys/mounts", as: token, at: later).status == 403)
            #expect(try await vault.ask(.read, "sys/policies/acl/p", as: root, at: later).status == 404)
            let names = try await vault.ask(.list, "sys/policies/acl", as: root, at: later).texts("keys")
            #expect(names?.contains("p") == false)
            let read = try await vault.ask(.read, "sys/policies/acl/p", as: root, at: now).data
            #expect(read?["expiration"]?.stringValue == later.description)
            // Without an end in the next write there is none any more.
            #expect(try await vault.ask(.write, "sys/policies/acl/p", as: root, ["policy": rules]).status == 204)
            #expect(try await vault.ask(.read, "sys/mounts", as: token, at: later).status == 200)
        }
    }

    @Test func theSweepRemovesPoliciesThatHaveEnded() async throws {
        try await withUnsealedVault { vault, root async throws in
            let body: JSON = ["policy": .string(Self.rules), "ttl": 10]
            let past = Timestamp.now().adding(seconds: -100)
            #expect(try await vault.ask(.write, "sys/policies/acl/p", as: root, body, at: past).status == 204)
            #expect(try await vault.ask(.read, "sys/policies/acl/p", as: root, at: past).status == 200)
            await vault.removeExpiredTokens()
            #expect(try await vault.ask(.read, "sys/policies/acl/p", as: root, at: past).status == 404)
        }
    }

    @Test(
        arguments: [
            (["ttl": "1h", "expiration": "2999-01-01T00:00:00Z"], "cannot supply both"),
            (["expiration": "2020-01-01T00:00:00Z"], "refusing to update policy"),
            (["expiration": "CANARY"], "Field validation failed"), (["ttl": "-1h"], "Field validation failed"),
            (["cas": "CANARY"], "Field validation failed"),
        ] as [(JSONObject, String)])
    func endsThatMakeNoSenseAreRefused(more: JSONObject, message: String) async throws {
        try await withUnsealedVault { vault, root in
            var body: JSONObject = ["policy": .string(Self.rules)]
            for member in more.members { body[member.name] = member.value }
            let refused = try await vault.ask(.write, "sys/policies/acl/p", as: root, .object(body))
            #expect(refused.status == 400 && refused.error?.utf8.starts(with: message.utf8) == true)
            #expect(try await vault.ask(.read, "sys/policies/acl/p", as: root).status == 404)
            body = ["policy": .string(Self.rules), "ttl": 60]
            #expect(try await vault.ask(.write, "sys/policies/acl/default", as: root, .object(body)).status == 400)
        }
    }
}
