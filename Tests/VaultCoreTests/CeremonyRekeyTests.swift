import Notation
import Storage
import Testing
import VaultCore

/// Rekeying: new shares for the old ones.
@Suite struct CeremonyRekeyTests {
    @Test func idleRekeyShowsTheSharesNeededNow() async throws {
        let world = try await CeremonyWorld()
        let idle = try await world.asRoot(.read, "sys/rekey/init")
        #expect(idle.status == 200)
        #expect(idle.flag("started") == false && idle.text("nonce") == "" && idle.flag("backup") == false)
        #expect(
            [idle.number("t"), idle.number("n"), idle.number("progress"), idle.number("required")] == [0, 0, 0, 3])
        #expect(idle.json["verification_nonce"] == nil && idle.json["data"] == nil)
        if case .null? = idle.json["pgp_fingerprints"] {} else { Issue.record("pgp_fingerprints is not null") }
    }

    @Test func newSharesReplaceTheOldOnes() async throws {
        let world = try await CeremonyWorld()
        let nonce = try await world.beginRekey(3, 2)
        let first = try await world.give(world.keys[4], to: "sys/rekey/update", nonce: nonce)
        #expect(first.number("progress") == 1 && first.number("t") == 2 && first.number("n") == 3)
        let done = try await world.give(world.keys[1...2], to: "sys/rekey/update", nonce: nonce)
        #expect(done.status == 200 && done.flag("complete") == true && done.text("nonce") == nonce)
        #expect(done.flag("verification_required") == false && done.json["verification_nonce"] == nil)
        let keys = done.texts("keys")
        #expect(keys.count == 3)
        #expect(done.texts("keys_base64").map { Base64.decode($0) } == keys.map { Hexadecimal.decode($0) })
        let idle = try await world.asRoot(.read, "sys/rekey/init")
        #expect(idle.flag("started") == false && idle.number("required") == 2)
        let status = try await world.send(.read, "sys/seal-status")
        #expect(status.flag("sealed") == false && status.number("t") == 2 && status.number("n") == 3)

        let refused = try await world.reopen(with: world.keys.prefix(2))
        #expect(refused.status == 400 && refused.error == "Unseal failed, invalid key")
        #expect(try await world.unseal(keys[1...2]).flag("sealed") == false)
        #expect(try await world.policies(of: world.root) == ["root"])
    }

    @Test func sharesThatMustBeVerifiedChangeNothingBefore() async throws {
        let world = try await CeremonyWorld()
        let nonce = try await world.beginRekey(3, 2, verified: true)
        #expect(try await world.asRoot(.read, "sys/rekey/verify").error == "no rekey verification in progress")
        let done = try await world.give(world.keys[..<3], to: "sys/rekey/update", nonce: nonce)
        #expect(done.flag("complete") == true && done.flag("verification_required") == true)
        let verification = try #require(done.text("verification_nonce"))
        #expect(verification != nonce)
        let again = try await world.give(world.keys[3], to: "sys/rekey/update", nonce: nonce)
        #expect(again.status == 400 && again.error?.contains("verification must be performed") == true)
        #expect(try await world.asRoot(.read, "sys/rekey/init").text("verification_nonce") == verification)
        #expect(world.vault.sealStatus.configuration == (try SealConfiguration(shares: 5, threshold: 3)))

        // Sealing ends it; the old shares are still the valid ones.
        #expect(try await world.reopen(with: world.keys[2...]).flag("sealed") == false)
        #expect(try await world.asRoot(.read, "sys/rekey/init").flag("started") == false)
        let late = try await world.give(done.texts("keys")[0], to: "sys/rekey/verify", nonce: verification)
        #expect(late.status == 400 && late.error == "no rekey in progress")
    }

    @Test func verifiedSharesReplaceTheOldOnes() async throws {
        let world = try await CeremonyWorld()
        let nonce = try await world.beginRekey(3, 2, verified: true)
        let done = try await world.give(world.keys[..<3], to: "sys/rekey/update", nonce: nonce)
        let keys = done.texts("keys")
        let first = try #require(done.text("verification_nonce"))
        #expect(try await world.give(keys[0], to: "sys/rekey/verify", nonce: first).number("progress") == 1)
        let repeated = try await world.give(keys[0], to: "sys/rekey/verify", nonce: first)
        #expect(repeated.error == "given key has already been provided during this verify operation")
        let wrongNonce = try await world.give(keys[0], to: "sys/rekey/verify", nonce: nonce)
        #expect(wrongNonce.error == "incorrect nonce supplied; nonce for this verify operation is \"\(first)\"")

        let restarted = try await world.asRoot(.delete, "sys/rekey/verify")
        #expect(restarted.status == 200 && restarted.number("progress") == 0 && restarted.flag("started") == true)
        let second = try #require(restarted.text("nonce"))
        #expect(second != first)
        let wrong = try await world.give(world.keys[..<2], to: "sys/rekey/verify", nonce: second)
        #expect(wrong.status == 400 && wrong.error == "rekey verification failed; incorrect key shares supplied")
        #expect(world.vault.sealStatus.configuration?.shares == 5)

        let shown = try await world.asRoot(.read, "sys/rekey/verify")
        #expect([shown.number("t"), shown.number("n"), shown.number("progress")] == [2, 3, 0])
        let third = try #require(shown.text("nonce"))
        let proven = try await world.give(keys[1...], to: "sys/rekey/verify", nonce: third)
        #expect(proven.status == 200 && proven.flag("complete") == true && proven.text("nonce") == third)
        #expect(try await world.reopen(with: world.keys[..<2]).status == 400)
        #expect(try await world.unseal(keys[..<2]).flag("sealed") == false)
    }

    @Test func wrongNonceDuplicatesAndForeignSharesAreRefused() async throws {
        let world = try await CeremonyWorld()
        let early = try await world.give(world.keys[0], to: "sys/rekey/update", nonce: "x")
        #expect(early.status == 400 && early.error == "no barrier rekey in progress")
        let nonce = try await world.beginRekey(3, 2)
        let second: JSON = ["secret_shares": 3, "secret_threshold": 2]
        #expect(try await world.asRoot(.write, "sys/rekey/init", second).error == "rekey already in progress")
        let other = try await world.give(world.keys[0], to: "sys/rekey/update", nonce: "")
        #expect(other.status == 400)
        #expect(other.error == "incorrect nonce supplied; nonce for this rekey operation is \"\(nonce)\"")
        _ = try await world.give(world.keys[0], to: "sys/rekey/update", nonce: nonce)
        let repeated = try await world.give(world.keys[0], to: "sys/rekey/update", nonce: nonce)
        #expect(repeated.status == 400)
        #expect(repeated.error == "given key has already been provided during this generation operation")
        #expect(try await world.asRoot(.read, "sys/rekey/init").number("progress") == 1)

        let strangers = try await CeremonyWorld()
        let refused = try await world.give(strangers.keys[1...2], to: "sys/rekey/update", nonce: nonce)
        #expect(refused.status == 400 && refused.json["keys"] == nil)
        let after = try await world.asRoot(.read, "sys/rekey/init")
        #expect(after.flag("started") == true && after.number("progress") == 0)
        #expect(try await world.reopen(with: world.keys[..<3]).flag("sealed") == false)
    }

    @Test(
        arguments: [
            (
                ["secret_shares": 5, "secret_threshold": 1],
                "invalid rekey seal configuration: threshold must be greater than one for multiple shares"
            ),
            ([:], "invalid rekey seal configuration: shares must be at least one"),
            (
                ["secret_shares": 256, "secret_threshold": 2],
                "invalid rekey seal configuration: shares must be less than 256"
            ),
            (
                ["secret_shares": 3, "secret_threshold": 2, "backup": true],
                "cannot request a backup of the new keys without providing PGP keys for encryption"
            ),
            (
                ["secret_shares": 3, "secret_threshold": 2, "pgp_keys": ["eA=="]],
                "incorrect number of PGP keys for rekey"
            ),
            (["secret_shares": 1, "secret_threshold": 1, "pgp_keys": ["eA=="]], "PGP keys are not supported"),
        ] as [(JSON, String)])
    func impossibleWishesAreRefused(_ wish: JSON, _ reason: String) async throws {
        let world = try await CeremonyWorld()
        let refused = try await world.asRoot(.write, "sys/rekey/init", wish)
        #expect(refused.status == 400 && refused.error == reason)
        #expect(try await world.asRoot(.read, "sys/rekey/init").flag("started") == false)
    }

    @Test func keysMustBeGivenAsText() async throws {
        let world = try await CeremonyWorld()
        let nonce = try await world.beginRekey(3, 2)
        let missing = try await world.asRoot(.write, "sys/rekey/update", ["nonce": .string(nonce)])
        #expect(missing.error == "'key' must be specified in request body as JSON")
        for text in ["zz!", "00", world.keys[0] + world.keys[1]] {
            let wrong = try await world.give(text, to: "sys/rekey/update", nonce: nonce)
            #expect(wrong.status == 400 && wrong.error == "'key' must be a valid hex or base64 string")
        }
    }

    @Test func cancellingForgetsSharesAndIsIdempotent() async throws {
        let world = try await CeremonyWorld()
        #expect(try await world.asRoot(.delete, "sys/rekey/init").status == 204)
        let nonce = try await world.beginRekey(3, 2)
        _ = try await world.give(world.keys[..<2], to: "sys/rekey/update", nonce: nonce)
        let other = try await world.asRoot(.delete, "sys/rekey/init", query: [("nonce", "another")])
        #expect(other.status == 400)
        #expect(try await world.asRoot(.delete, "sys/rekey/init", query: [("nonce", nonce)]).status == 204)
        #expect(try await world.asRoot(.delete, "sys/rekey/init").status == 204)
        #expect(try await world.asRoot(.read, "sys/rekey/init").flag("started") == false)
        let fresh = try await world.beginRekey(3, 2)
        #expect(fresh != nonce)
        #expect(try await world.give(world.keys[2], to: "sys/rekey/update", nonce: fresh).number("progress") == 1)
    }

    @Test func oneShareRekeysToTheKeyItself() async throws {
        let world = try await CeremonyWorld()
        let alone = try await world.give(
            world.keys[..<3], to: "sys/rekey/update", nonce: try await world.beginRekey(1, 1))
        let key = try #require(alone.texts("keys").first)
        #expect(Hexadecimal.decode(key)?.count == 32)
        #expect(try await world.reopen(with: [key]).flag("sealed") == false)
        let back = try await world.give(key, to: "sys/rekey/update", nonce: try await world.beginRekey(3, 2))
        #expect(back.texts("keys").count == 3)
        #expect(try await world.reopen(with: back.texts("keys")[1...]).flag("sealed") == false)
    }

    @Test(arguments: 0..<10)
    func sealingDuringTheLastStepLeavesOneValidSet(_ round: Int) async throws {
        let world = try await CeremonyWorld()
        let nonce = try await world.beginRekey(3, 2)
        _ = try await world.give(world.keys[..<2], to: "sys/rekey/update", nonce: nonce)
        async let last = world.give(world.keys[2], to: "sys/rekey/update", nonce: nonce)
        async let sealing: Void = world.vault.seal()
        let (done, _) = try await (last, sealing)
        #expect(done.status == 200 || done.status == 503)
        // The seal knows at once which shares count, and how many.
        let valid = done.status == 200 ? done.texts("keys").suffix(2) : world.keys.suffix(3)
        #expect(world.vault.sealStatus.configuration?.threshold == UInt8(valid.count))
        #expect(try await world.unseal(valid).flag("sealed") == false)
    }

    @Test func sameShareGivenAtOnceCountsOnce() async throws {
        let world = try await CeremonyWorld()
        let nonce = try await world.beginRekey(3, 2)
        let accepted = try await withThrowingTaskGroup(of: UInt16.self) { group in
            for _ in 0..<8 {
                group.addTask { try await world.give(world.keys[0], to: "sys/rekey/update", nonce: nonce).status }
            }
            return try await group.reduce(into: 0) { count, status in count += status == 200 ? 1 : 0 }
        }
        #expect(accepted == 1)
        #expect(try await world.asRoot(.read, "sys/rekey/init").number("progress") == 1)
    }

    @Test func authenticatedSpellingAnswersInTheEnvelope() async throws {
        let world = try await CeremonyWorld()
        let wish: JSON = ["secret_shares": 3, "secret_threshold": 2, "require_verification": true]
        let begun = try await world.asRoot(.write, "sys/rotate/root/init", wish)
        let nonce = try #require(begun.json["data"]?["nonce"]?.stringValue)
        #expect(begun.json["nonce"] == nil)
        #expect(try await world.asRoot(.read, "sys/rekey/init").text("nonce") == nonce)
        let done = try await world.give(world.keys[..<3], to: "sys/rotate/root/update", nonce: nonce)
        let data = try #require(done.json["data"])
        let keys = try #require(data["keys"]?.arrayValue).compactMap(\.stringValue)
        let verification = try #require(data["verification_nonce"]?.stringValue)
        let proven = try await world.give(keys[..<2], to: "sys/rotate/root/verify", nonce: verification)
        #expect(proven.json["data"]?["complete"]?.boolValue == true)
        #expect(try await world.reopen(with: keys[1...]).flag("sealed") == false)
    }

    @Test func nothingIsBackedUpAndThereAreNoRecoveryKeys() async throws {
        let world = try await CeremonyWorld()
        let backup = try await world.asRoot(.read, "sys/rekey/backup")
        #expect(backup.status == 400 && backup.error == "no backed-up keys found")
        #expect(try await world.asRoot(.delete, "sys/rekey/backup").status == 204)
        for step in ["init", "update", "verify"] {
            #expect(try await world.asRoot(.write, "sys/rekey-recovery-key/\(step)", [:]).status == 400)
        }
    }
}
