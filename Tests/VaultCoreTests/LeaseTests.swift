import EngineKit
import Notation
import Testing
import VaultCore

@Suite struct LeaseTests {
    @Test(
        arguments: [
            ("leases/lookup", ["lease_id": "none"], "invalid lease"),
            ("leases/lookup", [:], "lease_id must be specified"),
            ("leases/renew", ["lease_id": "none"], "lease not found"),
            ("leases/renew", [:], "lease_id must be specified"),
            ("leases/renew/a/b", [:], "lease not found"),
            ("renew", ["lease_id": "none"], "lease not found"),
            ("renew/a/b", [:], "lease not found"),
            ("leases/revoke", [:], "lease_id must be specified"),
            ("revoke", [:], "lease_id must be specified"),
        ] as [(String, JSON, String)])
    func whatNamesNoLeaseIsRefused(path: String, body: JSON, error: String) async throws {
        let world = try await WrappingWorld()
        let answer = try await world.send(.write, "sys/\(path)", token: world.root, body)
        #expect(answer.status == 400 && answer.error == error)
    }

    @Test func revokingWhatIsNotThereSucceeds() async throws {
        let world = try await WrappingWorld()
        for path in ["sys/leases/revoke/a/b", "sys/revoke/a/b"] {
            #expect(try await world.send(.write, path, token: world.root, ["sync": true]).status == 204)
            #expect(try await world.send(.write, path, token: world.root).status == 202)
        }
        for path in ["leases/revoke-prefix", "revoke-prefix", "leases/revoke-force", "revoke-force"] {
            #expect(try await world.send(.write, "sys/\(path)/kv", token: world.root).status == 204)
            #expect(try await world.send(.write, "sys/\(path)/kv", token: world.root, ["sync": false]).status == 202)
        }
        #expect(try await world.send(.list, "sys/leases/lookup/kv", token: world.root).status == 404)
        let tidied = try await world.send(.write, "sys/leases/tidy", token: world.root)
        #expect(tidied.status == 202 && tidied.json["warnings"]?.arrayValue?.count == 1)
    }

    @Test func irrevocableLeasesAreCountedAndListed() async throws {
        let world = try await WrappingWorld()
        let type = [(name: "type", value: "irrevocable")]
        let count = try await world.send(.read, "sys/leases/count", token: world.root, query: type)
        #expect(count.json["data"] == ["lease_count": 0, "counts": [:]])
        let list = try await world.send(.read, "sys/leases", token: world.root, query: type)
        #expect(list.json["data"] == ["lease_count": 0, "leases": []])
        #expect(try await world.send(.read, "sys/leases/count", token: world.root).status == 400)
    }

    /// Rights on everything below `sys/` are not enough for what reaches over all leases, by whichever name.
    @Test func wholePrefixesNeedSudo() async throws {
        let world = try await WrappingWorld()
        let all = #"path "sys/*" { capabilities = ["create", "read", "update", "delete", "list"] }"#
        let token = try await world.token(rules: all)
        for path in ["leases/revoke-prefix/a", "revoke-prefix/a", "leases/revoke-force/a", "revoke-force/a"] {
            #expect(try await world.send(.write, "sys/\(path)", token: token).status == 403)
        }
        #expect(try await world.send(.list, "sys/leases/lookup/a", token: token).status == 403)
        #expect(try await world.send(.read, "sys/leases", token: token).status == 403)
    }

    /// The older names of a path are guarded like the path (T-06).
    @Test func olderNamesAskForRightsToo() async throws {
        let world = try await WrappingWorld()
        let token = try await world.token(rules: #"path "kv/*" { capabilities = ["read"] }"#)
        for path in ["revoke/a", "revoke", "leases/revoke", "leases/revoke/a", "leases/renew/a", "renew/a"] {
            let answer = try await world.send(.write, "sys/\(path)", token: token, ["lease_id": "a"])
            #expect(answer.status == 403, "\(path)")
        }
    }

    @Test func aPrefixRevokesTheTokensMadeThereAndNoOthers() async throws {
        let world = try await WrappingWorld()
        for role in ["one", "one-more"] {
            let answer = try await world.send(
                .write, "auth/token/roles/\(role)", token: world.root, ["allowed_policies": ["default"]])
            #expect(answer.status == 204)
        }
        func make(_ path: String) async throws -> String {
            let made = try await world.send(.write, path, token: world.root, ["policies": ["default"]])
            return try #require(made.json["auth"]?["client_token"]?.stringValue)
        }
        let one = try await make("auth/token/create/one")
        let more = try await make("auth/token/create/one-more")
        let plain = try await make("auth/token/create")
        let revoked = try await world.send(
            .write, "sys/leases/revoke-prefix/auth/token/create/one", token: world.root)
        #expect(revoked.status == 204)
        #expect(try await world.send(.read, "auth/token/lookup-self", token: one).status == 403)
        for token in [more, plain, world.root] {
            #expect(try await world.send(.read, "auth/token/lookup-self", token: token).status == 200)
        }
    }
}
