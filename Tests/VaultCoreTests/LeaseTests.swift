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

    /// The names of the leases directly below a prefix; empty when there are none.
    private func leases(_ prefix: String, in world: WrappingWorld) async throws -> [String] {
        let answer = try await world.send(.list, "sys/leases/lookup/\(prefix)", token: world.root)
        #expect([200, 404].contains(answer.status))
        return answer.json["data"]?["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    @Test func tokensAreLeasesBelowThePathThatMadeThem() async throws {
        let world = try await WrappingWorld()
        #expect(try await leases("auth/token/create", in: world).isEmpty)
        let body: JSON = ["policies": ["default"], "ttl": "1h"]
        let made = try await world.send(.write, "auth/token/create", token: world.root, body).json["auth"]
        let token = try #require(made?["client_token"]?.stringValue)
        let child = try await world.send(
            .write, "auth/token/create-orphan", token: world.root, ["policies": ["default"], "ttl": "1h"])
        #expect(child.status == 200)
        #expect(try await leases("auth", in: world) == ["token/"])
        #expect(try await leases("auth/token", in: world) == ["create-orphan/", "create/"])
        let names = try await leases("auth/token/create", in: world)
        #expect(try await leases("auth/token/create-orphan", in: world).count == 1)
        #expect(names.count == 1 && names.allSatisfy { $0.utf8.count == 64 && !$0.contains(token) })
        #expect(try await leases("auth/token/cre", in: world).isEmpty)

        for name in names {
            let id = "auth/token/create/\(name)"
            let body: JSON = ["lease_id": .string(id)]
            let data = try await world.send(.write, "sys/leases/lookup", token: world.root, body).json["data"]
            #expect(data?["id"]?.stringValue == id && data?["renewable"]?.boolValue == true)
            #expect((3_590...3_600).contains(data?["ttl"]?.intValue ?? 0))
            let renewed = try await world.send(.write, "sys/leases/renew", token: world.root, body)
            #expect(renewed.status == 400)
            #expect(renewed.error == "tokens cannot be renewed through this endpoint")
            // Only the whole name is one.
            for wrong in ["auth/token/\(name)", name, "\(id)0", "auth/token/create/\(name.dropLast())"] {
                let body: JSON = ["lease_id": .string(wrong)]
                #expect(try await world.send(.write, "sys/leases/lookup", token: world.root, body).status == 400)
                #expect(try await world.send(.write, "sys/leases/revoke", token: world.root, body).status == 202)
            }
            #expect(try await leases("auth/token/create", in: world).contains(name))
            let path = "sys/leases/revoke/\(id)"
            #expect(try await world.send(.write, path, token: world.root, ["sync": true]).status == 204)
            #expect(try await world.send(.write, "sys/leases/lookup", token: world.root, body).status == 400)
        }
        #expect(try await world.send(.read, "auth/token/lookup-self", token: token).status == 403)
        #expect(try await leases("auth/token/create", in: world).isEmpty)
        #expect(try await world.send(.read, "auth/token/lookup-self", token: world.root).status == 200)
    }

    @Test func wrappedAnswersAreLeasesBelowTheirPath() async throws {
        let world = try await WrappingWorld()
        var tokens: [String] = []
        for _ in 0..<2 {
            let info = try await world.send(.read, "kv/x", token: world.root, wrapTTL: 60).json["wrap_info"]
            tokens.append(try #require(info?["token"]?.stringValue))
        }
        let names = try await leases("kv/x", in: world)
        #expect(names.count == 2)
        let body: JSON = ["lease_id": .string("kv/x/\(names[0])")]
        let data = try await world.send(.write, "sys/leases/lookup", token: world.root, body).json["data"]
        #expect((1...60).contains(data?["ttl"]?.intValue ?? 0) && data?["renewable"]?.boolValue == false)
        #expect(try await world.send(.write, "sys/revoke", token: world.root, body).status == 202)
        #expect(try await leases("kv/x", in: world) == [names[1]])
        for prefix in ["kv/y", "kv/x/y", "k"] {
            #expect(try await world.send(.write, "sys/revoke-prefix/\(prefix)", token: world.root).status == 204)
        }
        #expect(try await leases("kv/x", in: world) == [names[1]])
        #expect(try await world.send(.write, "sys/leases/revoke-prefix/kv", token: world.root).status == 204)
        for token in tokens { #expect(try await world.unwrap(token).isRefusedAsWrappingToken) }
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
