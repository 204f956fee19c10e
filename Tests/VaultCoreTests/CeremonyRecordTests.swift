import Notation
import Storage
import Testing
@testable import VaultCore

/// Ceremonies whose answers cannot be recorded (C-08): nobody gets what they would have handed out, so it must not be.
@Suite struct CeremonyRecordTests {
    /// Gives keys; the answer to the last one cannot be recorded.
    private func giveUnrecorded(
        _ keys: some Collection<String>, to path: String, nonce: String, in world: CeremonyWorld
    ) async throws {
        let device = CountingDevice()
        try world.vault.audit(with: [device])
        let last = try #require(keys.suffix(1).first)
        for key in keys.dropLast() { #expect(try await world.give(key, to: path, nonce: nonce).status == 200) }
        device.refuse(after: 1)
        let refused = try await world.give(last, to: path, nonce: nonce)
        #expect(refused.status == 500 && refused.json == ["errors": ["internal error"]])
        try world.vault.audit(with: [])
    }

    private func accessors(_ world: CeremonyWorld) async throws -> Int? {
        try await world.asRoot(.list, "auth/token/accessors").json["data"]?["keys"]?.arrayValue?.count
    }

    @Test func rekeyLeavesTheOldSharesInForceAndCanBeRepeated() async throws {
        let world = try await CeremonyWorld()
        let nonce = try await world.beginRekey(3, 2)
        try await giveUnrecorded(world.keys[..<3], to: "sys/rekey/update", nonce: nonce, in: world)
        #expect(world.vault.sealStatus.configuration?.shares == 5)
        let status = try await world.asRoot(.read, "sys/rekey/init")
        #expect(status.flag("started") == true && status.number("progress") == 0 && status.text("nonce") == nonce)
        let done = try await world.give(world.keys[2...], to: "sys/rekey/update", nonce: nonce)
        let keys = done.texts("keys")
        #expect(done.flag("complete") == true && keys.count == 3)
        #expect(try await world.reopen(with: world.keys.prefix(2)).status == 400)
        #expect(try await world.unseal(keys[..<2]).flag("sealed") == false)
    }

    @Test func oldSharesOpenTheVaultAfterAnUnrecordedRekey() async throws {
        let world = try await CeremonyWorld()
        let nonce = try await world.beginRekey(3, 2)
        try await giveUnrecorded(world.keys[..<3], to: "sys/rekey/update", nonce: nonce, in: world)
        #expect(try await world.reopen(with: world.keys[1..<4]).flag("sealed") == false)
        #expect(try await world.asRoot(.read, "sys/rekey/init").flag("started") == false)
    }

    @Test func sharesThatNobodyGotAreNotAskedForAsProof() async throws {
        let world = try await CeremonyWorld()
        let nonce = try await world.beginRekey(3, 2, verified: true)
        try await giveUnrecorded(world.keys[..<3], to: "sys/rekey/update", nonce: nonce, in: world)
        #expect(try await world.asRoot(.read, "sys/rekey/verify").error == "no rekey verification in progress")
        let done = try await world.give(world.keys[..<3], to: "sys/rekey/update", nonce: nonce)
        let verification = try #require(done.text("verification_nonce"))

        // The end of the verification, unrecorded, leaves the old shares in force, and can be repeated too.
        let keys = done.texts("keys")
        try await giveUnrecorded(keys[..<2], to: "sys/rekey/verify", nonce: verification, in: world)
        #expect(world.vault.sealStatus.configuration?.shares == 5)
        #expect(try await world.give(keys[1...], to: "sys/rekey/verify", nonce: verification).flag("complete") == true)
        #expect(try await world.reopen(with: keys[..<2]).flag("sealed") == false)
    }

    @Test(arguments: ["generate-root", "generate-root-token"])
    func rootTokenThatNobodyGotDoesNotExist(base: String) async throws {
        let world = try await CeremonyWorld()
        let before = try await accessors(world)
        let begun = try await world.asRoot(.write, "sys/\(base)/attempt", [:])
        let nonce = try #require(begun.text("nonce") ?? begun.json["data"]?["nonce"]?.stringValue)
        try await giveUnrecorded(world.keys[..<3], to: "sys/\(base)/update", nonce: nonce, in: world)
        #expect(try await accessors(world) == before)
        let done = try await world.give(world.keys[1..<4], to: "sys/\(base)/update", nonce: nonce)
        #expect((done.flag("complete") ?? done.json["data"]?["complete"]?.boolValue) == true)
        #expect(try await accessors(world) == before.map { $0 + 1 })
    }

    /// Another step that comes between the preparation of an answer and its record, as a cancellation can.
    @Test func whatIsCancelledBeforeItsRecordIsWrittenDoesNotHappen() async throws {
        let world = try await CeremonyWorld()
        let ceremonies = world.vault.ceremonies
        let before = try await accessors(world)
        for path in ["sys/rekey", "sys/generate-root"] {
            let nonce: String
            if path == "sys/rekey" {
                nonce = try await world.beginRekey(3, 2)
            } else {
                nonce = try #require(try await world.asRoot(.write, "\(path)/attempt", [:]).text("nonce"))
            }
            let device = ActingDevice(before: 6) {
                _ = try? await ceremonies.cancelRekey(nonce: nil)
                _ = try? await ceremonies.cancelRootGeneration(nonce: nil)
            }
            try world.vault.audit(with: [device])
            let answer = try await world.give(world.keys[..<3], to: "\(path)/update", nonce: nonce)
            try world.vault.audit(with: [])
            #expect(answer.status == 400 && answer.error?.hasSuffix("in progress") == true, "\(path)")
            // Each of three requests and its answer, and that the last answer did not become true.
            #expect(device.count == 7, "\(path)")
        }
        #expect(try await accessors(world) == before)
        #expect(try await world.reopen(with: world.keys[..<3]).flag("sealed") == false)
    }
}
