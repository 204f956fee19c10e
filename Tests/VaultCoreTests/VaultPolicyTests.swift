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
}
