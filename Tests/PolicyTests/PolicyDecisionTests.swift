import Notation
import Testing

@testable import PolicyEngine

@Suite("Policy decisions")
struct PolicyDecisionTests {
    @Test(arguments: AccessOperation.allCases)
    func eachOperationNeedsItsOwnCapability(_ operation: AccessOperation) throws {
        let words = ["create", "read", "update", "patch", "delete", "list", "scan", "sudo", "evaluate"]
        let granting = try words.filter { try list("path \"x\" { capabilities = [\"\($0)\"] }").allows(operation, "x") }
        let expected: [String] =
            switch operation {
            case .revoke, .renew, .rollback: ["update"]
            case .header: []
            case .help: words
            default: ["\(operation)"]
            }
        #expect(granting == expected)
    }

    @Test func rootMayDoEverythingAndStandsAlone() throws {
        let root = try AccessControlList([.root], identity: nil, now: noon)
        #expect(root.isRoot)
        for operation in AccessOperation.allCases { #expect(root.allows(operation, "sys/raw/x", sudo: true)) }
        #expect(root.decide(.header, "x").hasSudo)
        #expect(root.capabilities("any") == ["root"])
        let other = try policy("path \"a\" {}")
        #expect(throws: PolicyError(message: "other policies present along with root")) {
            try AccessControlList([other, .root], identity: nil, now: noon)
        }
        #expect(try !list("path \"*\" { policy = \"sudo\" }").isRoot)
    }

    @Test func noPolicyAllowsOnlyHelp() throws {
        let none = try AccessControlList([], identity: nil, now: noon)
        for operation in AccessOperation.allCases { #expect(none.allows(operation, "x") == (operation == .help)) }
    }

    @Test func protectedPathsNeedSudoOnTheWinningRule() throws {
        let list = try list(
            #"path "sys/*" { capabilities = ["update", "sudo"] } path "sys/raw/*" { capabilities = ["update"] }"#)
        #expect(list.allows(.update, "sys/seal", sudo: true))
        #expect(list.decide(.update, "sys/seal").hasSudo)
        #expect(!list.allows(.update, "sys/raw/x", sudo: true))
        #expect(list.allows(.update, "sys/raw/x") && !list.decide(.update, "sys/raw/x").hasSudo)
        #expect(!list.allows(.read, "sys/seal", sudo: true))
    }

    @Test func capabilitiesAreUnitedOverPolicies() throws {
        let list = try list(
            #"path "a" { capabilities = ["update"] }"#, #"path "/a" { capabilities = ["read", "sudo"] }"#)
        #expect(list.capabilities("a") == ["read", "sudo", "update"])
        #expect(list.rules.count == 1)
        #expect(list.rules.first?.policies(granting: .read) == ["p2"])
    }

    @Test func denyInAnyPolicyIsFinal() throws {
        let denial = #"path "a" { capabilities = ["deny"] }"#
        let grant = #"path "a" { capabilities = ["read"] allowed_parameters = { "x" = [] } }"#
        for list in [try list(denial, grant), try list(grant, denial), try list(grant, denial, grant)] {
            #expect(!list.allows(.read, "a"))
            #expect(list.capabilities("a") == ["deny"])
            guard case .denied(.explicitDeny) = list.decide(.read, "a") else {
                Issue.record("not an explicit denial")
                return
            }
        }
    }

    @Test(
        arguments: [(nil, false), (0, false), (9, false), (10, true), (60, true), (61, false), (-1, false)]
            as [(Int?, Bool)])
    func wrappingHasToLieWithinTheBounds(_ wrap: Int?, _ expected: Bool) throws {
        let list = try list(#"path "a" { capabilities = ["read"] min_wrapping_ttl = "10s" max_wrapping_ttl = "1m" }"#)
        #expect(list.allows(.read, "a", wrap: wrap) == expected)
    }

    @Test func theSmallestWrappingBoundsCountAndMayExcludeEachOther() throws {
        let list = try list(
            #"path "a" { capabilities = ["read"] max_wrapping_ttl = 300 }"#,
            #"path "a" { capabilities = ["read"] max_wrapping_ttl = 100 }"#,
            #"path "a" { capabilities = ["read"] min_wrapping_ttl = 0 }"#)
        #expect(list.allows(.read, "a", wrap: 100) && !list.allows(.read, "a", wrap: 101))
        let impossible = try self.impossible()
        #expect((0...400).allSatisfy { !impossible.allows(.read, "a", wrap: $0) })
    }

    private func impossible() throws -> AccessControlList {
        try list(
            #"path "a" { capabilities = ["read"] max_wrapping_ttl = 100 }"#,
            #"path "a" { capabilities = ["read"] min_wrapping_ttl = 200 }"#)
    }

    @Test func capabilitiesAreSortedWords() throws {
        let list = try list(
            #"""
            path "a/*" { capabilities = ["sudo", "update", "scan", "read", "patch", "list", "delete", "create"] }
            path "a/none" { capabilities = [] }
            path "a/no" { capabilities = ["deny"] }
            path "dir" { capabilities = ["list"] }
            path "f" { capabilities = ["evaluate"] }
            """#)
        #expect(list.capabilities("a/x") == ["create", "delete", "list", "patch", "read", "scan", "sudo", "update"])
        #expect(list.capabilities("a/none") == ["deny"] && list.capabilities("a/no") == ["deny"])
        #expect(list.capabilities("b") == ["deny"])
        #expect(list.capabilities("dir/") == ["list"])
        #expect(list.capabilities("f") == ["evaluate"])
    }

    // security.md A-04 (CVE-2026-89322).
    @Test func denialsHoldInEveryCaseAndWithBlanksAround() throws {
        let list = try list(
            #"""
            path "sys/policies/acl/*" { capabilities = ["update", "list"] }
            path "sys/policies/acl/admin" { capabilities = ["deny"] }
            """#,
            #"""
            path "auth/userpass/users/*" { capabilities = ["update"] }
            path "auth/userpass/users/Alice/*" { capabilities = ["deny"] }
            """#,
            #"path "auth/+/role/+" { capabilities = ["read"] } path "auth/+/role/Web" { capabilities = ["deny"] }"#)
        list.expect([
            deny(.update, "sys/policies/acl/admin"), deny(.update, "sys/policies/acl/ADMIN"),
            deny(.update, "sys/policies/acl/aDmin"), deny(.update, "sys/policies/acl/admin "),
            deny(.update, "sys/policies/acl/ admin"), deny(.update, "sys/policies/acl/\tADMIN "),
            deny(.list, "sys/policies/acl/ADMIN/"), allow(.update, "sys/policies/acl/admins"),
            allow(.update, "sys/policies/acl/ad min"), deny(.update, "auth/userpass/users/alice/password"),
            deny(.update, "auth/userpass/users/ALICE/password"), allow(.update, "auth/userpass/users/bob/password"),
            deny(.read, "auth/approle/role/web"), deny(.read, "auth/approle/role/WEB"),
            allow(.read, "auth/approle/role/webs"),
        ])
        #expect(list.capabilities("sys/policies/acl/ADMIN") == ["deny"])
    }

    @Test func foldedDenialsYieldToMoreSpecificGrants() throws {
        try list(
            #"""
            path "Secret/*" { capabilities = ["deny"] }
            path "secret/app/*" { capabilities = ["read"] }
            path "secret/APP/x" { capabilities = ["deny"] }
            """#
        ).expect([
            deny(.read, "secret/other"), allow(.read, "secret/app/y"), deny(.read, "secret/app/x"),
            deny(.read, "Secret/app/y"),
        ])
    }

    @Test func foldingCanBeSwitchedOff() throws {
        let text = #"path "a/*" { capabilities = ["read"] } path "a/x" { capabilities = ["deny"] }"#
        #expect(try list(text, foldsDenials: false).allows(.read, "a/X"))
        #expect(try !list(text, foldsDenials: false).allows(.read, "a/x"))
    }

    @Test func expiredBlocksAreLeftOutWhileOthersWork() throws {
        let list = try list(
            #"""
            path "old" { capabilities = ["read"] expiration = "2020-01-01T00:00:00Z" }
            path "new" { capabilities = ["read"] expiration = "2027-01-15T08:01:00Z" }
            path "num" { capabilities = ["read"] expiration = 1800000120 }
            path "always" { capabilities = ["read"] }
            """#)
        list.expect([deny(.read, "old"), allow(.read, "new"), allow(.read, "num"), allow(.read, "always")])
        #expect(list.expiresAt == Timestamp(seconds: 1_800_000_060))
        // The same list, later: nobody has renewed it, and still the ended rule no longer counts.
        let later = Timestamp(seconds: 1_800_000_060)
        #expect(!list.allows(.read, "new", at: later) && list.allows(.read, "num", at: later))
        #expect(list.allows(.read, "always", at: Timestamp(seconds: 1_900_000_000)))
        #expect(list.capabilities(for: Array("new".utf8), now: later) == ["deny"])
    }

    @Test func anExpiredDenialNoLongerHides() throws {
        let list = try list(
            #"path "a/*" { capabilities = ["read"] }"#,
            #"path "a/x" { capabilities = ["deny"] expiration = 1800000100 }"#)
        #expect(!list.allows(.read, "a/x") && list.allows(.read, "a/x", at: Timestamp(seconds: 1_800_000_100)))
    }

    @Test(arguments: [#"mfa_methods = ["m"]"#, #"control_group = { ttl = "1h" }"#])
    func rulesThatWantApprovalAllowNothing(_ condition: String) throws {
        #expect(try !list("path \"a\" { capabilities = [\"read\"] \(condition) }").allows(.read, "a"))
    }

    @Test func longestListsKeepWorking() throws {
        let text = (0..<500).map { "path \"kv/\($0)/*\" { capabilities = [\"read\"] }" }.joined(separator: "\n")
        let list = try list(text)
        #expect((0..<500).allSatisfy { list.allows(.read, "kv/\($0)/x") && !list.allows(.update, "kv/\($0)/x") })
        #expect(!list.allows(.read, "kv/500/x"))
    }
}
