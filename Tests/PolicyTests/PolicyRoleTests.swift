import Notation
import Testing

@testable import PolicyEngine

@Suite("Built-in policies and roles")
struct PolicyRoleTests {
    private func role(_ name: String) throws -> AccessControlList {
        let text = try #require(NamedRoles.all.first { $0.name == name }?.text)
        return try AccessControlList([policy(text, name: name)], identity: nil, now: noon)
    }

    @Test func everyTextParsesAndIsInCanonicalLayout() throws {
        for text in NamedRoles.all.map(\.text) + [BuiltInPolicies.defaultPolicy, BuiltInPolicies.responseWrapping] {
            #expect(try String(decoding: PolicyFormatter.format(Array(text.utf8)), as: UTF8.self) == text)
        }
    }

    @Test func defaultLetsATokenCareForItself() throws {
        let context = TemplateContext(entityID: "e-1", entityName: "alice")
        try list(BuiltInPolicies.defaultPolicy, identity: context).expect([
            allow(.read, "auth/token/lookup-self"), allow(.update, "auth/token/renew-self"),
            allow(.update, "auth/token/revoke-self"), allow(.update, "sys/capabilities-self"),
            allow(.read, "identity/entity/id/e-1"), allow(.read, "identity/entity/name/alice"),
            deny(.read, "identity/entity/id/e-2"), allow(.read, "sys/internal/ui/resultant-acl"),
            allow(.update, "sys/renew"), allow(.update, "sys/leases/renew"), allow(.update, "sys/leases/lookup"),
            allow(.create, "cubbyhole/x"), allow(.list, "cubbyhole/"), allow(.update, "sys/wrapping/wrap"),
            allow(.update, "sys/wrapping/lookup"), allow(.update, "sys/wrapping/unwrap"),
            allow(.update, "sys/tools/hash/sha2-256"), allow(.update, "identity/oidc/provider/p/authorize"),
            deny(.update, "auth/token/create"), deny(.read, "secret/data/x"), deny(.read, "sys/mounts"),
        ])
    }

    @Test func responseWrappingOpensTheOneResponse() throws {
        try list(BuiltInPolicies.responseWrapping).expect([
            allow(.create, "cubbyhole/response"), allow(.read, "cubbyhole/response"),
            allow(.update, "sys/wrapping/unwrap"), deny(.read, "cubbyhole/other"), deny(.update, "sys/wrapping/wrap"),
        ])
    }

    @Test func superAdminMayUseProtectedPaths() throws {
        let list = try role("super-admin")
        #expect(list.allows(.update, "sys/raw/x", sudo: true) && list.allows(.evaluate, "flags/x"))
    }

    @Test func adminIsBoundedBySuperAdmin() throws {
        let list = try role("admin")
        list.expect([
            allow(.read, "secret/data/x"), allow(.update, "kv2/data/y"), allow(.create, "sys/mounts/new"),
            allow(.update, "sys/policies/acl/team"), allow(.list, "sys/policies/acl/"), deny(.update, "sys/seal"),
            deny(.read, "sys/raw/x"), deny(.update, "sys/audit/file"), deny(.update, "sys/policies/acl/super-admin"),
            deny(.update, "sys/policies/acl/Super-Admin"), deny(.update, "sys/policy/SUPER-ADMIN"),
            deny(.update, "sys/generate-root/attempt"),
        ])
        #expect(list.allows(.update, "sys/auth/userpass", sudo: true))
        #expect(list.allows(.update, "auth/token/create", ["policies": ["team"]]))
        #expect(!list.allows(.update, "auth/token/create", ["policies": ["root"]]))
        #expect(!list.allows(.update, "auth/userpass/users/x", ["token_policies": "a,Super-Admin"]))
        #expect(!list.allows(.update, "auth/token/roles/x", ["allowed_policies_glob": "s*"]))
        #expect(!list.allows(.update, "identity/entity", ["policies": ["super-admin"]]))
    }

    @Test(arguments: ["operator", "auditor"])
    func watchersSeeNoSecretAndGrantNothing(_ name: String) throws {
        try role(name).expect([
            deny(.read, "secret/data/x"), deny(.list, "secret/metadata/"), deny(.update, "sys/policies/acl/x"),
            deny(.update, "auth/token/create"), deny(.read, "cubbyhole/x"), deny(.read, "sys/raw/x"),
        ])
    }

    @Test func operatorKeepsTheServerRunning() throws {
        let list = try role("operator")
        #expect(list.allows(.update, "sys/seal", sudo: true) && list.allows(.update, "sys/rotate", sudo: true))
        #expect(list.allows(.read, "sys/audit", sudo: true) && list.allows(.read, "sys/storage/raft/snapshot"))
        list.expect([
            allow(.update, "sys/rekey/init"), allow(.read, "sys/metrics"), allow(.update, "sys/leases/revoke"),
        ])
    }

    @Test func auditorReadsWhoMayDoWhat() throws {
        let list = try role("auditor")
        #expect(list.allows(.read, "sys/audit", sudo: true) && list.allows(.list, "auth/token/accessors/", sudo: true))
        list.expect([
            allow(.read, "sys/policies/acl/x"), allow(.update, "auth/token/lookup-accessor"),
            allow(.read, "sys/mounts"),
            deny(.update, "sys/audit/file"), deny(.update, "sys/mounts/x"),
        ])
    }

    @Test func developerAndReaderStayInTheirMount() throws {
        try role("developer").expect([
            allow(.create, "secret/data/a"), allow(.delete, "secret/metadata/a"), allow(.list, "secret/metadata/"),
            allow(.update, "secret/destroy/a"), deny(.update, "secret/config"), deny(.read, "kv/data/a"),
            deny(.read, "sys/mounts"), allow(.update, "flags/states/dev/x"), allow(.patch, "flags/states/staging/x"),
            deny(.update, "flags/states/prod/x"), allow(.read, "flags/states/prod/x"),
            deny(.update, "flags/kill/prod/x"), allow(.evaluate, "flags/evaluate/prod/x"),
            allow(.update, "flags/overrides"), allow(.delete, "flags/overrides/x"),
        ])
        try role("operator").expect([
            allow(.update, "flags/kill/prod/x"), deny(.update, "flags/toggle/prod/x"),
            deny(.patch, "flags/states/dev/x"), deny(.evaluate, "flags/evaluate/prod/x"),
            deny(.update, "flags/overrides"), allow(.delete, "flags/overrides/x"),
        ])
        try role("reader").expect([
            allow(.read, "secret/data/a"), allow(.list, "secret/metadata/"), deny(.update, "secret/data/a"),
            deny(.delete, "secret/data/a"), deny(.read, "kv/data/a"),
        ])
    }
}

@Suite("Policy simulation")
struct PolicySimulationTests {
    @Test func theWinnerAndTheRestAreExplained() throws {
        let policies = [
            try policy("path \"a/*\" { capabilities = [\"read\"] }\n", name: "broad"),
            try policy(
                "\npath \"a/+\" { capabilities = [\"list\"] }\npath \"a/x\" { capabilities = [\"update\"] }\npath \"z/{{identity.entity.id}}\" {}",
                name: "narrow"),
        ]
        let simulation = try PolicySimulation.explain(policies, path: Array("a/x".utf8), operation: .read, now: noon)
        #expect(!simulation.decision.isAllowed)
        #expect(simulation.candidates.map(\.pattern) == ["a/x", "a/+", "a/*"])
        #expect(simulation.candidates.map(\.wins) == [true, false, false])
        #expect(
            simulation.report == """
                denied: the rule lacks the capability
                  path "a/x" [update] from narrow line 3: wins
                  path "a/+" [list] from narrow line 2: less specific
                  path "a/*" [read] from broad line 1: less specific
                  path "z/{{identity.entity.id}}" from narrow line 4: left out, its template does not resolve for this caller
                """)
    }

    @Test func listingsGetTheirSlashAndRootIsSaid() throws {
        let list = try policy("path \"a\" { capabilities = [\"list\"] }")
        #expect(
            try PolicySimulation.explain([list], path: Array("a".utf8), operation: .list, now: noon).decision.isAllowed)
        let root = try PolicySimulation.explain([.root], path: Array("a".utf8), operation: .delete, now: noon)
        #expect(root.report == "allowed: the root policy allows everything")
    }
}
