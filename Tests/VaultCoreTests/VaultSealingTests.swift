import Notation
import Storage
import Testing
import VaultCore
import VaultCrypto

/// Initialising, unsealing, and what a sealed vault answers.
@Suite struct VaultSealingTests {
    @Test func vaultIsInitialisedOnceAndOpensWithEnoughShares() async throws {
        let vault = try await Vault(store: MemoryStore())
        #expect(try await vault.ask(.read, "sys/init").json["initialized"]?.boolValue == false)
        let before = try await vault.ask(.read, "sys/seal-status").json
        #expect(before["sealed"]?.boolValue == true && before["t"]?.intValue == 0 && before["n"]?.intValue == 0)
        #expect(try await vault.ask(.read, "sys/health").status == 501)
        let made = try await vault.ask(.write, "sys/init", ["secret_shares": 3, "secret_threshold": 2])
        #expect(made.status == 200 && made.json["request_id"] == nil)
        let keys = try #require(made.json["keys"]?.arrayValue).compactMap(\.stringValue)
        let encoded = try #require(made.json["keys_base64"]?.arrayValue).compactMap(\.stringValue)
        let root = try #require(made.json["root_token"]?.stringValue)
        #expect(keys.count == 3 && keys.map { Hexadecimal.decode($0) } == encoded.map { Base64.decode($0) })
        #expect(root.utf8.starts(with: "hvs.".utf8) && root.utf8.count == 28)
        let again = try await vault.ask(.write, "sys/init", ["secret_shares": 1, "secret_threshold": 1])
        #expect(again.status == 400 && again.error == "Vault is already initialized")
        #expect(try await vault.ask(.read, "sys/health").status == 503)

        let first = try await vault.ask(.write, "sys/unseal", ["key": .string(keys[2])]).json
        #expect(first["progress"]?.intValue == 1 && first["sealed"]?.boolValue == true)
        let nonce = try #require(first["nonce"]?.stringValue)
        #expect(nonce.utf8.count == 36)
        let repeated = try await vault.ask(.write, "sys/unseal", ["key": .string(keys[2])]).json
        #expect(repeated["progress"]?.intValue == 1 && repeated["nonce"]?.stringValue == nonce)
        #expect(try await vault.ask(.write, "sys/unseal", ["reset": true]).json["progress"]?.intValue == 0)
        // Hexadecimal and base64 are both taken.
        _ = try await vault.ask(.write, "sys/unseal", ["key": .string(encoded[0])])
        let open = try await vault.ask(.write, "sys/unseal", ["key": .string(keys[1])]).json
        #expect(open["sealed"]?.boolValue == false && open["progress"]?.intValue == 0)
        #expect(
            open["cluster_name"]?.stringValue?.isEmpty == false && open["cluster_id"]?.stringValue?.utf8.count == 36)
        #expect(try await vault.ask(.write, "sys/unseal", ["key": .string(keys[0])]).status == 200)
        #expect(try await vault.ask(.write, "sys/unseal", ["reset": true]).error == "vault is unsealed")
        #expect(try await vault.ask(.read, "sys/health").status == 200)
        #expect(try await vault.ask(.read, "sys/health", query: [("activecode", "299")]).status == 299)
        #expect(try await vault.ask(.read, "sys/health", query: [("activecode", "x")]).status == 400)
        #expect(try await vault.ask(.read, "auth/token/lookup-self", as: root).status == 200)
    }

    @Test(
        arguments: [
            ([:], "shares must be at least one"),
            (["secret_shares": 0, "secret_threshold": 1], "shares must be at least one"),
            (["secret_shares": 1], "threshold must be at least one"),
            (["secret_shares": 3, "secret_threshold": 1], "threshold must be greater than one for multiple shares"),
            (["secret_shares": 256, "secret_threshold": 2], "shares must be less than 256"),
            (["secret_shares": 255, "secret_threshold": 256], nil),
            (["secret_shares": 2, "secret_threshold": 3], "threshold cannot be larger than shares"),
            (["secret_shares": 9_223_372_036_854_775_807, "secret_threshold": 2], "shares must be less than 256"),
        ] as [(JSON, String?)])
    func senselessInitialisationIsRefused(body: JSON, reason: String?) async throws {
        let vault = try await Vault(store: MemoryStore())
        let refused = try await vault.ask(.write, "sys/init", body)
        #expect(refused.status == 400)
        #expect(refused.error?.utf8.starts(with: "invalid seal configuration: ".utf8) == true)
        if let reason { #expect(refused.error == "invalid seal configuration: \(reason)") }
        #expect(try await vault.ask(.read, "sys/init").json["initialized"]?.boolValue == false)
    }

    @Test func sharesThatAreNoneAreRefused() async throws {
        let vault = try await Vault(store: MemoryStore())
        let early = try await vault.ask(.write, "sys/unseal", ["key": "00112233445566778899aabbccddeeff00"])
        #expect(early.status == 400)
        _ = try await vault.initialize(try SealConfiguration(shares: 3, threshold: 2))
        for body: JSON in [[:], ["key": ""], ["key": nil]] {
            let missing = try await vault.ask(.write, "sys/unseal", body)
            #expect(missing.status == 400)
            #expect(missing.error == "'key' must be specified in request body as JSON, or 'reset' set to true")
        }
        for key in ["zz", "CANARY", "00", String(repeating: "00", count: 34)] {
            let refused = try await vault.ask(.write, "sys/unseal", ["key": .string(key)])
            #expect(refused.status == 400 && refused.error == "'key' must be a valid hex or base64 string", "\(key)")
        }
        let wrong = (0..<2).map { String(repeating: "0\($0 + 1)", count: 33) }
        #expect(try await vault.ask(.write, "sys/unseal", ["key": .string(wrong[0])]).status == 200)
        let failed = try await vault.ask(.write, "sys/unseal", ["key": .string(wrong[1])])
        #expect(failed.status == 400 && failed.error == "Unseal failed, invalid key")
        #expect(try await vault.ask(.read, "sys/seal-status").json["progress"]?.intValue == 0)
    }

    @Test func sealedVaultAnswersNothingElse() async throws {
        try await withUnsealedVault { vault, root in
            let sealed = try await vault.ask(.write, "sys/seal", as: root)
            #expect(sealed.status == 204)
            let verbs: [VaultRequest.Verb] = [.read, .write, .patch, .delete, .list, .scan, .help]
            for path in [
                "secret/a", "sys/mounts", "auth/token/lookup-self", "cubbyhole/a", "nowhere", "sys/internal/ui/mounts",
            ] {
                for verb in verbs {
                    for token in [nil, root] {
                        let answer = try await vault.ask(verb, path, as: token)
                        #expect(answer.status == 503 && answer.body == Array(#"{"errors":["Vault is sealed"]}"#.utf8))
                    }
                }
            }
            for path in ["sys/init", "sys/seal-status", "sys/leader"] {
                #expect(try await vault.ask(.read, path).status == 200)
            }
        }
    }

    @Test func sealingNeedsSudo() async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token("p", #"path "sys/seal" { capabilities = ["update"] }"#, root: root)
            #expect(try await vault.ask(.write, "sys/seal", as: token).status == 403)
            #expect(try await vault.ask(.write, "sys/seal").status == 403)
            #expect(!vault.sealStatus.isSealed)
            let able = try await vault.token("q", #"path "sys/seal" { capabilities = ["update", "sudo"] }"#, root: root)
            #expect(try await vault.ask(.write, "sys/seal", as: able).status == 204)
            #expect(vault.sealStatus.isSealed)
        }
    }

    @Test func requestsUnderWayWhileSealingEndWholeOrNotAtAll() async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "cubbyhole/a", as: root, ["k": "v"])
            let statuses = try await withThrowingTaskGroup(of: UInt16.self) { group in
                for index in 0..<65 {
                    group.addTask {
                        if index == 32 {
                            await vault.seal()
                            return 503
                        }
                        let answer = try await vault.ask(.read, "cubbyhole/a", as: root)
                        if answer.status == 200 { #expect(answer.data?["k"]?.stringValue == "v") }
                        return answer.status
                    }
                }
                return try await group.reduce(into: Set<UInt16>()) { $0.insert($1) }
            }
            #expect(statuses.isSubset(of: [200, 503]))
            #expect(try await vault.ask(.read, "cubbyhole/a", as: root).status == 503)
        }
    }
}
