import EngineKit
import Notation
import Testing
import VaultCore

/// What of change sets depends on the time.
@Suite struct ChangeSetTests {
    private func set(_ vault: Vault, _ root: String, rule approvals: Int) async throws -> String {
        let rule: JSON = ["paths": ["config/"], "approvals": .integer(approvals)]
        #expect(try await vault.ask(.write, "pulse/approval-rules/r", as: root, rule).status == 200)
        let items: JSON = [
            ["kind": "key", "path": "limit", "op": "put", "body": ["type": "integer"]],
            ["kind": "config", "path": "global/limit", "op": "put", "body": ["value": 5]],
        ]
        let made = try await vault.ask(.write, "pulse/changesets", as: root, ["message": "m", "items": items])
        return try #require(made.data?["id"]?.stringValue)
    }

    private static let approver = #"path "pulse/changesets/*" { capabilities = ["read", "update"] }"#

    @Test func withinAnHourARollbackNeedsNoNewApproval() async throws {
        try await withUnsealedVault { vault, root in
            let id = try await set(vault, root, rule: 1)
            let other = try await vault.token("approver", Self.approver, root: root)
            #expect(try await vault.ask(.write, "pulse/changesets/\(id)/approve", as: other).status == 200)
            #expect(try await vault.ask(.write, "pulse/changesets/\(id)/apply", as: root).status == 200)
            let soon = Timestamp.now().adding(seconds: 3_500)
            let back = try await vault.ask(.write, "pulse/changesets/\(id)/rollback", as: root, at: soon)
            #expect(back.status == 200 && back.data?["state"]?.stringValue == "rolled_back")
            #expect(try await vault.ask(.read, "config/data/global/limit", as: root).status == 404)
        }
    }

    @Test func laterTheSameApprovalsAreNeededAgain() async throws {
        try await withUnsealedVault { vault, root in
            let id = try await set(vault, root, rule: 1)
            let other = try await vault.token("approver", Self.approver, root: root)
            _ = try await vault.ask(.write, "pulse/changesets/\(id)/approve", as: other)
            #expect(try await vault.ask(.write, "pulse/changesets/\(id)/apply", as: root).status == 200)
            let late = Timestamp.now().adding(seconds: 3_700)
            let answer = try await vault.ask(.write, "pulse/changesets/\(id)/rollback", as: root, at: late)
            #expect(answer.status == 202 && answer.data?["takes_back"]?.stringValue == id)
            let inverse = try #require(answer.data?["id"]?.stringValue)
            #expect(try await vault.ask(.read, "config/data/global/limit", as: root).status == 200)
            let early = try await vault.ask(.write, "pulse/changesets/\(inverse)/apply", as: root, at: late)
            #expect(early.status == 403)
            _ = try await vault.ask(.write, "pulse/changesets/\(inverse)/approve", as: other, at: late)
            let applied = try await vault.ask(.write, "pulse/changesets/\(inverse)/apply", as: root, at: late)
            #expect(applied.status == 200, "\(applied.error ?? "")")
            #expect(try await vault.ask(.read, "config/data/global/limit", as: root).status == 404)
            let first = try await vault.ask(.read, "pulse/changesets/\(id)", as: root)
            #expect(first.data?["state"]?.stringValue == "rolled_back")
        }
    }

    @Test func whoScheduledItMustHaveTheRightStillWhenTheTimeComes() async throws {
        try await withUnsealedVault { vault, root in
            let id = try await set(vault, root, rule: 0)
            let rules = """
                path "pulse/changesets/*" { capabilities = ["read", "update"] }
                path "config/*" { capabilities = ["create", "read", "update"] }
                """
            let token = try await vault.token("scheduler", rules, root: root)
            let at = Timestamp.now().adding(seconds: 60)
            let body: JSON = ["at": .string(at.description)]
            #expect(try await vault.ask(.write, "pulse/changesets/\(id)/schedule", as: token, body).status == 200)
            await vault.tendChangeSets(now: at.adding(seconds: -1))
            #expect(try await vault.ask(.read, "config/data/global/limit", as: root).status == 404)
            _ = try await vault.ask(.write, "sys/policies/acl/scheduler", as: root, ["policy": .string(Self.approver)])
            await vault.tendChangeSets(now: at)
            let failed = try await vault.ask(.read, "pulse/changesets/\(id)", as: root)
            #expect(failed.data?["state"]?.stringValue == "failed")
            #expect(try await vault.ask(.read, "config/data/global/limit", as: root).status == 404)
        }
    }

    @Test func aSetOfAHundredItemsIsOneCommit() async throws {
        try await withUnsealedVault { vault, root in
            let keys = (0..<50).map { JSON.string("key\($0)") }
            let items = keys.flatMap { key -> [JSON] in
                let name = key.stringValue ?? ""
                return [
                    ["kind": "key", "path": key, "op": "put", "body": ["type": "integer"]],
                    ["kind": "config", "path": .string("global/\(name)"), "op": "put", "body": ["value": 1]],
                ]
            }
            let made = try await vault.ask(
                .write, "pulse/changesets", as: root, ["message": "m", "items": .array(items)])
            #expect(made.data?["problems"]?.arrayValue?.count == 0)
            let id = try #require(made.data?["id"]?.stringValue)
            #expect(try await vault.ask(.write, "pulse/changesets/\(id)/apply", as: root).status == 200)
            let values = try await vault.ask(.read, "config/effective/any", as: root).data?["values"]?.objectValue
            #expect(values?.members.count == 50)
        }
    }
}
