import EngineKit
import Testing
import VaultCrypto

@testable import Storage

@Suite struct BarrierLifecycleTests {
    private static let record = StoreKey.test(TestVault.metadata, "s")

    @Test func aSealedBarrierAnswersNothing() async throws {
        let vault = try await TestVault(in: MemoryStore())
        let opened = StoreKey.test(TestVault.opened, "o")
        try await vault.barrier.put((Self.record, "m"), (opened, "n"))
        let barrier = vault.barrier
        #expect(barrier.peekedText(Self.record) == "m" && barrier.peekedText(opened) == "n")
        vault.lifecycle.seal()
        #expect(barrier.isSealed)
        for key in [Self.record, opened] {
            guard case .unknown = barrier.peek(key) else {
                Issue.record("peek knew something")
                return
            }
        }
        await #expect(throws: StoreError.sealed) { try await barrier.load([Self.record]) }
        await #expect(throws: StoreError.sealed) { try await barrier.names(TestVault.metadata) }
        await #expect(throws: StoreError.sealed) { try await barrier.put((Self.record, "n")) }
        await #expect(throws: StoreError.sealed) { try await barrier.rotate(now: 1) }
        await #expect(throws: StoreError.sealed) { try await barrier.rewrapAll() }
        await #expect(throws: StoreError.sealed) { try await barrier.saveEncryptionCount() }
        #expect(throws: StoreError.sealed) { try barrier.keyStatus }
        #expect(throws: StoreError.sealed) { try barrier.keyring }
        #expect(throws: StoreError.sealed) { try barrier.changes(after: Revision(0)) }
        await #expect(throws: SealError.sealed) {
            try await vault.lifecycle.prepareRekey(
                to: SealConfiguration(shares: 1, threshold: 1), provenBy: vault.shares)
        }
    }

    @Test func sealingLetsGoOfEveryKey() async throws {
        let vault = try await TestVault(in: MemoryStore())
        try await vault.barrier.put((Self.record, "m"))
        weak let inside = try vault.barrier.open()
        weak let term = try vault.barrier.keyring.active
        weak let tokenKey = try vault.barrier.keyring.tokenKey
        weak let realm = inside?.knownRealm(TestVault.realm)
        weak let rootKey = inside?.rootKey
        #expect(inside != nil && term != nil && tokenKey != nil && realm != nil && rootKey != nil)
        vault.lifecycle.seal()
        #expect(inside == nil && term == nil && tokenKey == nil && realm == nil && rootKey == nil)
    }

    @Test(arguments: StoreBackend.all)
    func theRightSharesBringEverythingBack(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let vault = try await TestVault(in: store)
            #expect(vault.shares.count == 1)
            #expect(vault.shares[0].bytes.count == 32)
            try await vault.barrier.put((Self.record, "m"), (.test(TestVault.version, "s"), "b"))
            let tokenKey = try vault.barrier.keyring.tokenKey
            let reopened = try await vault.reopened()
            #expect(try await reopened.text(Self.record) == "m")
            #expect(try await reopened.text(.test(TestVault.version, "s")) == "b")
            #expect(try await reopened.names(TestVault.metadata) == ["s"])
            #expect(try reopened.keyring.tokenKey.bytes.isEqual(to: tokenKey.bytes))
            #expect(try reopened.cluster == TestVault.cluster)
        }
    }

    @Test func anyThreeOfFiveSharesOpenAndNoTwo() async throws {
        let vault = try await TestVault(in: MemoryStore(), shares: 5, threshold: 3)
        #expect(vault.shares.allSatisfy { $0.bytes.count == 33 })
        #expect(try await vault.lifecycle.configuration() == SealConfiguration(shares: 5, threshold: 3))
        for a in 0..<5 {
            for b in 0..<5 where b != a {
                vault.lifecycle.seal()
                await #expect(throws: SealError.invalidShares) {
                    try await vault.lifecycle.unseal(with: [vault.shares[a], vault.shares[b]])
                }
                for c in 0..<5 where c != a && c != b {
                    vault.lifecycle.seal()
                    try await vault.lifecycle.unseal(with: [a, b, c].map { vault.shares[$0] })
                    #expect(!vault.barrier.isSealed)
                }
            }
        }
    }

    @Test func wrongSharesDoNotOpen() async throws {
        let vault = try await TestVault(in: MemoryStore(), shares: 3, threshold: 2)
        let others = try await TestVault(in: MemoryStore(), shares: 3, threshold: 2).shares
        vault.lifecycle.seal()
        for shares in [[others[0], others[1]], [vault.shares[0], others[1]]] {
            // Shares of two splits may carry the same coordinate; then they do not even combine.
            await #expect { try await vault.lifecycle.unseal(with: shares) } throws: { error in
                let error = error as? SealError
                return error == .invalidKey || error == .invalidShares
            }
            await #expect(throws: (any Error).self) { try await vault.lifecycle.verify(shares) }
        }
        await #expect(throws: SealError.invalidShares) {
            try await vault.lifecycle.unseal(with: [vault.shares[0], vault.shares[0]])
        }
        await #expect(throws: SealError.invalidKey) {
            let short = try (0..<2).map { index in
                Shamir.Share(try SecretBytes(copying: [1, 2, UInt8(index + 1)].span))
            }
            try await vault.lifecycle.unseal(with: short)
        }
        #expect(vault.barrier.isSealed)
        try await vault.lifecycle.verify(Array(vault.shares[1...]))
        #expect(vault.barrier.isSealed)
    }

    @Test func aVaultIsMadeOnlyOnceAndOnlyInAnEmptyStore() async throws {
        let vault = try await TestVault(in: MemoryStore())
        let configuration = try SealConfiguration(shares: 1, threshold: 1)
        let cluster = try #require(TestVault.cluster)
        await #expect(throws: SealError.alreadyInitialized) {
            try await vault.lifecycle.initialize(configuration, cluster: cluster, now: 0)
        }
        let used = MemoryStore()
        _ = try await used.commit(SealedBatch(.put(key(1), value("a row"))))
        let lifecycle = BarrierLifecycle(of: Barrier(over: used))
        #expect(try await lifecycle.configuration() == nil)
        await #expect(throws: SealError.storeNotEmpty) {
            try await lifecycle.initialize(configuration, cluster: cluster, now: 0)
        }
        await #expect(throws: SealError.notInitialized) { try await lifecycle.unseal(with: vault.shares) }
    }

    @Test func concurrentInitialisationsMakeOneVault() async throws {
        let store = MemoryStore()
        let configuration = try SealConfiguration(shares: 1, threshold: 1)
        let cluster = try #require(TestVault.cluster)
        let made = await withTaskGroup(returning: [[Shamir.Share]].self) { group in
            for _ in 0..<8 {
                group.addTask { () -> [Shamir.Share]? in
                    // All but one are refused.
                    try? await BarrierLifecycle(of: Barrier(over: store)).initialize(
                        configuration, cluster: cluster, now: 0)
                }
            }
            return await group.reduce(into: []) { made, shares in if let shares { made.append(shares) } }
        }
        #expect(made.count == 1)
        let shares = try #require(made.first)
        try await BarrierLifecycle(of: Barrier(over: store)).unseal(with: shares)
    }

    @Test func aRekeyReplacesTheSharesAndKeepsTheData() async throws {
        let vault = try await TestVault(in: MemoryStore(), shares: 3, threshold: 2)
        try await vault.barrier.put((Self.record, "m"))
        await #expect(throws: SealError.invalidShares) {
            try await vault.lifecycle.prepareRekey(
                to: SealConfiguration(shares: 1, threshold: 1), provenBy: [vault.shares[0]])
        }
        let rekey = try await vault.lifecycle.prepareRekey(
            to: SealConfiguration(shares: 5, threshold: 3), provenBy: vault.shares)
        let overtaken = try await vault.lifecycle.prepareRekey(
            to: SealConfiguration(shares: 1, threshold: 1), provenBy: vault.shares)
        #expect(rekey.isProven(by: Array(rekey.shares[1..<4])))
        #expect(!rekey.isProven(by: Array(rekey.shares[1..<3])))
        #expect(!rekey.isProven(by: vault.shares))
        // Until it is complete the old shares are the ones.
        try await vault.lifecycle.verify(vault.shares)
        try await vault.lifecycle.complete(rekey)
        await #expect(throws: SealError.rekeyOvertaken) { try await vault.lifecycle.complete(overtaken) }
        await #expect(throws: (any Error).self) { try await vault.lifecycle.verify(vault.shares) }
        #expect(try await vault.barrier.text(Self.record) == "m")
        vault.lifecycle.seal()
        await #expect(throws: (any Error).self) { try await vault.lifecycle.unseal(with: vault.shares) }
        try await vault.lifecycle.unseal(with: Array(rekey.shares[2...]))
        #expect(try await vault.barrier.text(Self.record) == "m")
        #expect(try await vault.lifecycle.configuration() == SealConfiguration(shares: 5, threshold: 3))
        // Rotation after a rekey stays openable.
        _ = try await vault.barrier.rotate(now: 9)
        vault.lifecycle.seal()
        try await vault.lifecycle.unseal(with: Array(rekey.shares[..<3]))
        #expect(try vault.barrier.keyStatus.term == 2)
    }
}
