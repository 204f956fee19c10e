import Notation
import Testing
import VaultCore

/// Who may take part in ceremonies: by default only holders of a token with `sudo`.
@Suite struct CeremonyAccessTests {
    static let requests: [(VaultRequest.Verb, String)] = [
        (.read, "rekey/init"), (.write, "rekey/init"), (.delete, "rekey/init"), (.write, "rekey/update"),
        (.read, "rekey/verify"), (.write, "rekey/verify"), (.delete, "rekey/verify"),
        (.write, "rekey-recovery-key/init"), (.read, "generate-root/attempt"), (.write, "generate-root/attempt"),
        (.delete, "generate-root/attempt"), (.write, "generate-root/update"), (.write, "rotate/root/init"),
        (.delete, "rotate/root/init"), (.write, "generate-root-token/attempt"),
        (.delete, "generate-root-token/attempt"),
    ]

    private func begin(_ world: CeremonyWorld) async throws {
        _ = try await world.beginRekey(3, 2)
        #expect(try await world.asRoot(.write, "sys/generate-root/attempt", [:]).status == 200)
    }

    private func bothAreUnderWay(_ world: CeremonyWorld) async throws -> Bool {
        let rekey = try await world.asRoot(.read, "sys/rekey/init")
        let generation = try await world.asRoot(.read, "sys/generate-root/attempt")
        return rekey.flag("started") == true && generation.flag("started") == true
    }

    @Test func anonymousRequestsAreRefusedAndChangeNothing() async throws {
        let world = try await CeremonyWorld()
        try await begin(world)
        for (verb, path) in Self.requests {
            for token in [nil, "hvs.unknown"] {
                let refused = try await world.send(
                    verb, "sys/\(path)", token: token, ["secret_shares": 1, "secret_threshold": 1])
                #expect(refused.status == 403 && refused.error == "permission denied", "\(path)")
            }
        }
        for _ in 0..<1_000 {
            #expect(try await world.send(.delete, "sys/rekey/init").status == 403)
            #expect(try await world.send(.delete, "sys/generate-root/attempt").status == 403)
        }
        #expect(try await bothAreUnderWay(world))
    }

    @Test func tokenNeedsSudo() async throws {
        let world = try await CeremonyWorld()
        try await begin(world)
        let rules = ["rekey/*", "generate-root/*", "rotate/*", "generate-root-token/*", "rekey-recovery-key/*"].map {
            "path \"sys/\($0)\" { capabilities = [\"create\", \"read\", \"update\", \"delete\"] }"
        }
        let policy: JSON = ["policy": .string(rules.joined(separator: "\n"))]
        #expect(try await world.asRoot(.write, "sys/policies/acl/watcher", policy).status == 204)
        let made = try await world.asRoot(.write, "auth/token/create", ["policies": ["watcher"]])
        let token = try #require(made.json["auth"]?["client_token"]?.stringValue)
        for (verb, path) in Self.requests {
            #expect(try await world.send(verb, "sys/\(path)", token: token, [:]).status == 403, "\(path)")
        }
        #expect(try await bothAreUnderWay(world))
        // Looking for copies, of which none are kept, is no part of a ceremony.
        let backup = try await world.send(.read, "sys/rekey/backup", token: token)
        #expect(backup.status == 400 && backup.error == "no backed-up keys found")
    }

    @Test func serverMayBeOpenToAnybody() async throws {
        let world = try await CeremonyWorld(isOpenToAnybody: true)
        let begun = try await world.send(.write, "sys/rekey/init", ["secret_shares": 3, "secret_threshold": 2])
        #expect(begun.status == 200 && begun.flag("started") == true)
        #expect(try await world.send(.delete, "sys/rekey/init").status == 204)
        let generation = try await world.send(.write, "sys/generate-root/attempt", [:])
        var last: CeremonyWorld.Answer?
        for key in world.keys[..<3] {
            last = try await world.send(
                .write, "sys/generate-root/update", ["key": .string(key), "nonce": generation.json["nonce"] ?? ""])
        }
        #expect(last?.flag("complete") == true)
        // The spellings that need a token still do.
        #expect(try await world.send(.read, "sys/rotate/root/init").status == 403)
        #expect(try await world.send(.read, "sys/generate-root-token/attempt").status == 403)
        #expect(try await world.send(.read, "sys/rekey/backup").status == 403)
    }
}
