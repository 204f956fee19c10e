import Storage
import Testing
import VaultCrypto

@Suite struct SealMachineTests {
    private func share(_ number: UInt8) throws -> Shamir.Share {
        Shamir.Share(try SecretBytes(copying: [number, number, number].span))
    }

    private func configuration(_ shares: Int, _ threshold: Int) throws -> SealConfiguration {
        try SealConfiguration(shares: shares, threshold: threshold)
    }

    private func word(_ submission: SealMachine.Submission) -> String {
        switch submission {
        case .needMore: "need more"
        case .open(let shares): "open with \(shares.count)"
        case .alreadyUnsealed: "already unsealed"
        case .waitForOpening: "wait"
        case .refused(let refusal): "refused: \(refusal)"
        }
    }

    @Test func sharesAreCollectedUntilTheThreshold() throws {
        var machine = SealMachine(try configuration(5, 3))
        #expect(machine.status == SealStatus(configuration: try configuration(5, 3)))
        #expect(word(machine.submit(try share(1), freshNonce: "first")) == "need more")
        #expect(machine.status.progress == 1)
        #expect(machine.status.nonce == "first")
        // The same share again, in other memory: ignored.
        #expect(word(machine.submit(try share(1), freshNonce: "second")) == "need more")
        #expect(machine.status.progress == 1)
        #expect(word(machine.submit(try share(2), freshNonce: "third")) == "need more")
        #expect(machine.status.nonce == "first")
        #expect(word(machine.submit(try share(3), freshNonce: "fourth")) == "open with 3")
        #expect(machine.status.isSealed)
        #expect(word(machine.submit(try share(4), freshNonce: "fifth")) == "wait")
        try machine.opened()
        #expect(machine.status == SealStatus(configuration: try configuration(5, 3), isSealed: false))
        #expect(word(machine.submit(try share(5), freshNonce: "sixth")) == "already unsealed")
    }

    @Test func aFailedOpeningStartsOver() throws {
        var machine = SealMachine(try configuration(2, 2))
        _ = machine.submit(try share(1), freshNonce: "a")
        _ = machine.submit(try share(2), freshNonce: "a")
        try machine.openingFailed()
        #expect(machine.status == SealStatus(configuration: try configuration(2, 2)))
        #expect(word(machine.submit(try share(1), freshNonce: "b")) == "need more")
        #expect(machine.status.nonce == "b")
    }

    @Test func aResetForgetsTheShares() throws {
        var machine = SealMachine(try configuration(3, 2))
        _ = machine.submit(try share(1), freshNonce: "a")
        try machine.reset()
        #expect(machine.status == SealStatus(configuration: try configuration(3, 2)))
        #expect(word(machine.submit(try share(2), freshNonce: "b")) == "need more")
    }

    @Test func theMachineKeepsNoShareItHasLeft() throws {
        var machine = SealMachine(try configuration(3, 2))
        weak var kept: Shamir.Share?
        do {
            let share = try share(1)
            kept = share
            _ = machine.submit(share, freshNonce: "a")
        }
        #expect(kept != nil)
        try machine.reset()
        #expect(kept == nil)
    }

    @Test func initialisationEndsSealed() throws {
        var machine = SealMachine(nil)
        #expect(machine.status == SealStatus())
        try machine.beginInitialization(configuration(3, 2))
        #expect(machine.status == SealStatus())
        #expect(throws: SealMachine.Refusal.opening) { try machine.beginInitialization(configuration(3, 2)) }
        #expect(word(machine.submit(try share(1), freshNonce: "a")) == "refused: notInitialized")
        try machine.openingFailed()
        #expect(machine.status == SealStatus())
        try machine.beginInitialization(configuration(3, 2))
        try machine.initialized()
        #expect(machine.status == SealStatus(configuration: try configuration(3, 2)))
        #expect(throws: SealMachine.Refusal.alreadyInitialized) { try machine.beginInitialization(configuration(1, 1)) }
    }

    @Test func sealingDrainsFirst() throws {
        var machine = try unsealed()
        try machine.seal()
        #expect(machine.status.isSealed)
        #expect(word(machine.submit(try share(1), freshNonce: "a")) == "refused: draining")
        #expect(throws: SealMachine.Refusal.draining) { try machine.seal() }
        try machine.drained()
        #expect(word(machine.submit(try share(1), freshNonce: "a")) == "open with 1")
    }

    @Test func aRekeyChangesWhatIsNeededNextTime() throws {
        var machine = try unsealed()
        try machine.rekeyed(configuration(5, 3))
        try machine.seal()
        try machine.drained()
        #expect(word(machine.submit(try share(1), freshNonce: "a")) == "need more")
        #expect(throws: SealMachine.Refusal.sealed) { try machine.rekeyed(configuration(1, 1)) }
    }

    @Test func anotherNodesVaultIsDiscovered() throws {
        var machine = SealMachine(nil)
        #expect(word(machine.submit(try share(1), freshNonce: "a")) == "refused: notInitialized")
        machine.discovered(try configuration(3, 2))
        _ = machine.submit(try share(1), freshNonce: "a")
        // It does not disturb a run.
        machine.discovered(try configuration(3, 2))
        #expect(machine.status.progress == 1)
    }

    /// The steps that make no sense in a state are refused and change nothing.
    @Test func stepsOutOfPlaceAreRefused() throws {
        var uninitialized = SealMachine(nil)
        #expect(throws: SealMachine.Refusal.notInitialized) { try uninitialized.reset() }
        #expect(throws: SealMachine.Refusal.notInitialized) { try uninitialized.seal() }
        #expect(throws: SealMachine.Refusal.notBegun) { try uninitialized.opened() }
        #expect(throws: SealMachine.Refusal.notBegun) { try uninitialized.openingFailed() }
        #expect(throws: SealMachine.Refusal.notBegun) { try uninitialized.initialized() }
        #expect(throws: SealMachine.Refusal.notBegun) { try uninitialized.drained() }
        #expect(uninitialized.status == SealStatus())

        var sealed = SealMachine(try configuration(2, 2))
        #expect(throws: SealMachine.Refusal.sealed) { try sealed.seal() }
        #expect(throws: SealMachine.Refusal.notBegun) { try sealed.opened() }
        #expect(throws: SealMachine.Refusal.notBegun) { try sealed.drained() }
        #expect(sealed.status == SealStatus(configuration: try configuration(2, 2)))

        var opening = SealMachine(try configuration(1, 1))
        _ = opening.submit(try share(1), freshNonce: "a")
        #expect(throws: SealMachine.Refusal.opening) { try opening.seal() }
        #expect(throws: SealMachine.Refusal.opening) { try opening.reset() }
        #expect(throws: SealMachine.Refusal.notBegun) { try opening.initialized() }

        var open = try unsealed()
        #expect(throws: SealMachine.Refusal.unsealed) { try open.reset() }
        #expect(throws: SealMachine.Refusal.notBegun) { try open.openingFailed() }
        #expect(throws: SealMachine.Refusal.alreadyInitialized) { try open.beginInitialization(configuration(1, 1)) }
        #expect(!open.status.isSealed)
    }

    private func unsealed() throws -> SealMachine {
        var machine = SealMachine(try configuration(1, 1))
        _ = machine.submit(try share(1), freshNonce: "a")
        try machine.opened()
        return machine
    }

    /// Vault 1.8, `vault/seal_config.go`: the rules, their words and their order.
    @Test(arguments: [
        (0, 0, "shares must be at least one"),
        (-1, 1, "shares must be at least one"),
        (1, 0, "threshold must be at least one"),
        (5, 1, "threshold must be greater than one for multiple shares"),
        (256, 2, "shares must be less than 256"),
        (5, 256, "threshold must be less than 256"),
        (5, 6, "threshold cannot be larger than shares"),
        (1, 2, "threshold cannot be larger than shares"),
        (Int.max, Int.max, "shares must be less than 256"),
    ])
    func wrongConfigurationsAreRefusedInTheKnownWords(_ shares: Int, _ threshold: Int, _ reason: String) {
        #expect { try SealConfiguration(shares: shares, threshold: threshold) } throws: { error in
            (error as? SealConfigurationError)?.reason == reason
        }
    }

    @Test(arguments: [(1, 1), (2, 2), (5, 3), (255, 255), (255, 2)])
    func rightConfigurationsAreTaken(_ shares: Int, _ threshold: Int) throws {
        let configuration = try SealConfiguration(shares: shares, threshold: threshold)
        #expect(Int(configuration.shares) == shares)
        #expect(Int(configuration.threshold) == threshold)
    }
}
