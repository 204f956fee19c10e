import EngineKit
import Foundation
import Identity
import Notation
import Storage
import Testing
import VaultCore
import VaultCrypto

@Suite struct WrappingTests {
    @Test func aWrappedAnswerOpensOnceAndByteForByte() async throws {
        let world = try await WrappingWorld()
        let plain = try await world.send(.read, "kv/x", token: world.root)
        let wrapped = try await world.send(.read, "kv/x", token: world.root, wrapTTL: 60, id: "the-original")
        #expect(wrapped.status == 200)
        #expect(wrapped.json["data"] == .null && wrapped.json["auth"] == .null && wrapped.json["request_id"] == "")
        let info = try #require(wrapped.json["wrap_info"])
        #expect(info["ttl"] == 60 && info["creation_path"] == "kv/x" && info["wrapped_accessor"] == nil)
        #expect(info["accessor"]?.stringValue?.utf8.count == 24)
        #expect(info["creation_time"]?.stringValue.flatMap { Timestamp(parsing: $0) } != nil)

        let token = try #require(info["token"])
        let opened = try await world.send(.write, "sys/wrapping/unwrap", token: world.root, ["token": token])
        #expect(opened.status == 200)
        #expect(opened.json["request_id"] == "the-original")
        #expect(opened.json["data"] == plain.json["data"] && plain.json["data"]?["n"] == .number("1.0"))
        let again = try await world.send(.write, "sys/wrapping/unwrap", token: world.root, ["token": token])
        #expect(again.isRefusedAsWrappingToken)
    }

    @Test func theWrappingTokenOpensItselfOnce() async throws {
        let world = try await WrappingWorld()
        let token = try await world.wrap(["a": ["b": 1]])
        let opened = try await world.send(.write, "sys/wrapping/unwrap", token: token)
        #expect(opened.status == 200 && opened.json["data"] == ["a": ["b": 1]])
        #expect(try await world.send(.write, "sys/wrapping/unwrap", token: token).isRefusedAsWrappingToken)
        // The same, with the token in the body as well.
        let second = try await world.wrap(["c": 2])
        let both = try await world.send(.write, "sys/wrapping/unwrap", token: second, ["token": .string(second)])
        #expect(both.json["data"] == ["c": 2])
    }

    @Test func aWrappingTokenDoesNothingElseAndIsSpentByTrying() async throws {
        let world = try await WrappingWorld()
        for path in ["kv/x", "auth/token/lookup-self", "cubbyhole/other", "sys/mounts"] {
            let token = try await world.wrap(["a": 1])
            #expect(try await world.send(.read, path, token: token).status == 403)
            #expect(try await world.unwrap(token).isRefusedAsWrappingToken)
        }
    }

    @Test func lookingUpNeedsNoTokenAndDoesNotConsume() async throws {
        let world = try await WrappingWorld()
        let token = try await world.wrap(["a": 1], seconds: 120)
        let answers = [
            try await world.send(.write, "sys/wrapping/lookup", ["token": .string(token)]),
            try await world.send(.write, "sys/wrapping/lookup", token: token),
            try await world.send(.read, "sys/wrapping/lookup", token: token),
            try await world.send(
                .write, "sys/wrapping/lookup", token: world.root, ["token": .string(token)], wrapTTL: 5),
        ]
        for answer in answers {
            #expect(answer.status == 200 && answer.json["wrap_info"] == .null)
            #expect(answer.json["data"]?["creation_ttl"] == 120)
            #expect(answer.json["data"]?["creation_path"] == "sys/wrapping/wrap")
        }
        #expect(try await world.unwrap(token).status == 200)
        for body: JSON in [["token": .string(token)], ["token": "hvs.none"], ["token": .string(world.root)], [:]] {
            #expect(try await world.send(.write, "sys/wrapping/lookup", body).isRefusedAsWrappingToken)
        }
    }

    @Test func rewrappingKeepsWhatWasWrappedAndEndsTheOldToken() async throws {
        let world = try await WrappingWorld()
        let first = try #require(
            try await world.send(.read, "kv/x", token: world.root, wrapTTL: 90).json["wrap_info"]?["token"])
        let moved = try await world.send(.write, "sys/wrapping/rewrap", token: world.root, ["token": first])
        let info = try #require(moved.json["wrap_info"])
        #expect(info["ttl"] == 90 && info["creation_path"] == "kv/x" && info["token"] != first)
        #expect(try await world.unwrap(first.stringValue ?? "").isRefusedAsWrappingToken)
        #expect(try await world.unwrap(info["token"]?.stringValue ?? "").json["data"]?["a"] == "b")
    }

    @Test(arguments: [nil, 0]) func wrappingNeedsATime(ttl: Int?) async throws {
        let world = try await WrappingWorld()
        let answer = try await world.send(.write, "sys/wrapping/wrap", token: world.root, ["a": 1], wrapTTL: ttl)
        #expect(answer.status == 400 && answer.error == "endpoint requires response wrapping to be used")
    }

    @Test(arguments: [false, true]) func ofManyUnwrapsExactlyOneSucceeds(byItself: Bool) async throws {
        let world = try await WrappingWorld()
        let token = try await world.wrap(["a": 1])
        let statuses = try await withThrowingTaskGroup(of: UInt16.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    byItself
                        ? try await world.send(.write, "sys/wrapping/unwrap", token: token).status
                        : try await world.unwrap(token).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.filter { $0 == 200 }.count == 1)
        #expect(statuses.allSatisfy { [200, 400, 403].contains($0) })
    }

    @Test func anExpiredAnswerIsGoneAndRemovedByTheSweep() async throws {
        let world = try await WrappingWorld()
        let running = try #require(world.vault.running)
        let past = Timestamp.now().adding(seconds: -61)
        let info = try await running.transactor.run { transaction throws(EngineError) in
            try running.tokens.wrap(
                Array("{}".utf8), path: "x", seconds: 60, transaction, now: past, random: running.random)
        }.answer
        let key = TokenRecords.wrapped(try running.tokens.key(of: Array(info.token.utf8)))
        #expect(try await world.unwrap(info.token).isRefusedAsWrappingToken)
        #expect(try await world.stored(key) != nil)
        await world.vault.removeExpiredTokens()
        #expect(try await world.stored(key) == nil)
    }

    @Test func revokingAWrappingTokenRemovesTheAnswer() async throws {
        let world = try await WrappingWorld()
        let info = try await world.send(.read, "kv/x", token: world.root, wrapTTL: 60).json["wrap_info"]
        let token = try #require(info?["token"]?.stringValue)
        let key = TokenRecords.wrapped(try #require(world.vault.running).tokens.key(of: Array(token.utf8)))
        #expect(try await world.stored(key) != nil)
        let accessor = try #require(info?["accessor"])
        let revoked = try await world.send(
            .write, "auth/token/revoke-accessor", token: world.root, ["accessor": accessor])
        #expect(revoked.status == 204)
        #expect(try await world.stored(key) == nil)
        #expect(try await world.unwrap(token).isRefusedAsWrappingToken)
    }

    @Test func aWrappedTokenIsNamedByItsAccessorOnly() async throws {
        let world = try await WrappingWorld()
        let wrapped = try await world.send(
            .write, "auth/token/create", token: world.root, ["policies": ["default"]], wrapTTL: 60)
        let info = try #require(wrapped.json["wrap_info"])
        #expect(wrapped.json["auth"] == .null)
        let auth = try #require(try await world.unwrap(info["token"]?.stringValue ?? "").json["auth"])
        #expect(auth["accessor"] == info["wrapped_accessor"] && auth["policies"] == ["default"])
        let inner = try #require(auth["client_token"]?.stringValue)
        #expect(try await world.send(.read, "auth/token/lookup-self", token: inner).status == 200)
    }

    @Test func errorsAndEmptyAnswersAreNotWrapped() async throws {
        let world = try await WrappingWorld()
        let missing = try await world.send(.read, "kv/none", token: world.root, wrapTTL: 60)
        #expect(missing.status == 404 && missing.json == ["errors": []])
        #expect(try await world.send(.write, "kv/y", token: world.root, ["a": 1], wrapTTL: 60).status == 204)
        #expect(try await world.send(.list, "kv/none", token: world.root, wrapTTL: 60).status == 404)
        // Without a token nothing is stored for anybody.
        let open = try await world.send(.read, "sys/internal/ui/mounts", wrapTTL: 60)
        #expect(open.status == 200 && open.json["wrap_info"] == .null)
    }

    @Test func olderClientsFetchTheAnswerFromTheCubbyhole() async throws {
        let world = try await WrappingWorld()
        let token = try await world.wrap(["a": 1])
        let answer = try await world.send(.read, "cubbyhole/response", token: token)
        let text = try #require(answer.json["data"]?["response"]?.stringValue)
        #expect(try JSON(parsing: Array(text.utf8))["data"] == ["a": 1])
        #expect(try await world.unwrap(token).isRefusedAsWrappingToken)
        #expect(try await world.send(.read, "cubbyhole/response", token: world.root).status == 404)
    }

    @Test func thePolicyOfWrappingTokensIsNeitherListedNorGivenAway() async throws {
        let world = try await WrappingWorld()
        let listed = try await world.send(.list, "sys/policies/acl", token: world.root)
        let names = try #require(listed.json["data"]?["keys"]?.arrayValue).compactMap(\.stringValue)
        #expect(names.contains("default") && !names.contains("response-wrapping"))
        let made = try await world.send(
            .write, "auth/token/create", token: world.root, ["policies": ["response-wrapping"]])
        #expect(made.status == 400)
    }

    @Test func auditTellsOfTheWrappingTokenByItsHash() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        let world = try await WrappingWorld()
        let options: JSON = ["type": "file", "options": ["file_path": .string(file.path)]]
        #expect(try await world.send(.write, "sys/audit/file", token: world.root, options).status == 204)
        let wrapped = try await world.send(
            .write, "auth/token/create", token: world.root, ["policies": ["default"]], wrapTTL: 60)
        let info = try #require(wrapped.json["wrap_info"])
        let token = try #require(info["token"]?.stringValue)
        let hash = try await world.send(.write, "sys/audit-hash/file", token: world.root, ["input": .string(token)])
        let inner = try #require(try await world.unwrap(token).json["auth"]?["client_token"]?.stringValue)

        let text = try String(contentsOf: file, encoding: .utf8)
        for secret in [token, inner, info["accessor"]?.stringValue ?? "", info["wrapped_accessor"]?.stringValue ?? ""] {
            #expect(!secret.isEmpty && !text.contains(secret))
        }
        let entries = try text.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
        let blocks = entries.compactMap { $0["response"]?["wrap_info"] }
        let told = try #require(blocks.first)
        #expect(told["token"] == hash.json["data"]?["hash"])
        #expect(told["ttl"] == 60 && told["creation_path"] == "auth/token/create")
        #expect(told["creation_time"] == info["creation_time"])
        #expect(entries.contains { $0["request"]?["wrap_ttl"] == 60 })
    }
}
