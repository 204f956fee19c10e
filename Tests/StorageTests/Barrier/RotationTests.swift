import EngineKit
import Storage
import Testing
import VaultCrypto

@Suite struct RotationTests {
    /// The terms that sealed the keys in the rows.
    private func wrapTerms(_ vault: TestVault) async throws -> Set<UInt32> {
        var terms: Set<UInt32> = []
        for (_, row) in try await vault.rows() {
            let bytes = row.value.bytes
            guard let format = bytes.first, format == 2 || format == 4 else { continue }
            let length = Int(bytes[1]) << 8 | Int(bytes[2])
            terms.insert(try EnvelopeHeader.parse(bytes.span.extracting(3..<(3 + length))).term)
        }
        return terms
    }

    private func filledVault(in store: any SealedStore, count: Int = 20) async throws -> TestVault {
        let vault = try await TestVault(in: store)
        for index in 0..<count {
            try await vault.barrier.put(
                (.test(TestVault.metadata, "s\(index)"), "m\(index)"),
                (.test(TestVault.version, "s\(index)", ordinal: 1), "b\(index)"))
        }
        return vault
    }

    private func expectAllReadable(_ barrier: Barrier, count: Int = 20) async throws {
        for index in 0..<count {
            #expect(try await barrier.text(.test(TestVault.metadata, "s\(index)")) == "m\(index)")
            #expect(try await barrier.text(.test(TestVault.version, "s\(index)", ordinal: 1)) == "b\(index)")
        }
    }

    @Test(arguments: StoreBackend.all)
    func rotatingAddsATermAndLosesNothing(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let vault = try await filledVault(in: store)
            #expect(try vault.barrier.keyStatus.term == 1)
            #expect(try vault.barrier.keyStatus.encryptions > 40)
            let status = try await vault.barrier.rotate(now: 5000)
            #expect(status == KeyStatus(term: 2, installed: 5000, encryptions: 0))
            try await expectAllReadable(vault.barrier)
            try await vault.barrier.put((.test(TestVault.metadata, "new"), "new"))
            #expect(try await wrapTerms(vault) == [1, 2])
            #expect(try vault.barrier.keyStatus.encryptions > 0)
            let reopened = try await vault.reopened()
            try await expectAllReadable(reopened)
            #expect(try await reopened.text(.test(TestVault.metadata, "new")) == "new")
            #expect(try reopened.keyStatus.term == 2)
        }
    }

    @Test(arguments: StoreBackend.all)
    func rewrappingLeavesNoKeyUnderAnOldTerm(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let vault = try await filledVault(in: store)
            _ = try await vault.barrier.rotate(now: 1)
            _ = try await vault.barrier.rotate(now: 2)
            let before = try await vault.rows().filter { $0.row.value.bytes.first == 1 }.map(\.row.value.bytes)
            let progress = try await vault.barrier.rewrapAll()
            #expect(progress.isComplete)
            #expect(progress.rewrapped == 22)
            #expect(progress.unreadable == 0)
            #expect(try await wrapTerms(vault) == [3])
            #expect(try await vault.rows().filter { $0.row.value.bytes.first == 1 }.map(\.row.value.bytes) == before)
            try await expectAllReadable(vault.barrier)
            try await expectAllReadable(try await vault.reopened())
            #expect(vault.barrier.isSealed)
        }
    }

    @Test func rewrappingContinuesWhereItStopped() async throws {
        let vault = try await filledVault(in: MemoryStore())
        _ = try await vault.barrier.rotate(now: 1)
        var progress = RewrapProgress()
        for _ in 0..<3 { progress = try await vault.barrier.rewrap(from: progress, limit: 7) }
        #expect(progress.examined == 21)
        #expect(!progress.isComplete)
        #expect(try await wrapTerms(vault) == [1, 2])
        // Another process takes over with nothing but the progress.
        let reopened = try await vault.reopened()
        var reports = 0
        let end = try await reopened.rewrapAll(from: progress) { _ in reports += 1 }
        #expect(end.isComplete)
        #expect(end.rewrapped == 22)
        #expect(reports > 0)
        #expect(try await wrapTerms(vault) == [2])
        try await expectAllReadable(reopened)
    }

    @Test func writersAndRewrappingDoNotDisturbEachOther() async throws {
        let vault = try await filledVault(in: MemoryStore())
        _ = try await vault.barrier.rotate(now: 1)
        try await withThrowingTaskGroup { group in
            for index in 0..<20 {
                group.addTask {
                    for round in 0..<10 {
                        try await vault.barrier.put(
                            (.test(TestVault.metadata, "s\(index)"), "m\(index)"),
                            (.test(TestVault.version, "s\(index)", ordinal: UInt64(round + 1)), "b\(index)"))
                    }
                }
            }
            group.addTask { _ = try await vault.barrier.rewrapAll() }
            try await group.waitForAll()
        }
        _ = try await vault.barrier.rewrapAll()
        #expect(try await wrapTerms(vault) == [2])
        try await expectAllReadable(vault.barrier)
        for round in 1...10 {
            #expect(try await vault.barrier.text(.test(TestVault.version, "s3", ordinal: UInt64(round))) == "b3")
        }
    }

    @Test func theEncryptionCountSurvivesWhenSaved() async throws {
        let vault = try await filledVault(in: MemoryStore())
        let count = try vault.barrier.keyStatus.encryptions
        try await vault.barrier.saveEncryptionCount()
        #expect(try await vault.reopened().keyStatus == KeyStatus(term: 1, installed: 1000, encryptions: count))
    }

    @Test func concurrentRotationsEachAddATerm() async throws {
        let vault = try await filledVault(in: MemoryStore(), count: 1)
        try await withThrowingTaskGroup { group in
            for _ in 0..<5 { group.addTask { _ = try await vault.barrier.rotate(now: 1) } }
            try await group.waitForAll()
        }
        #expect(try vault.barrier.keyStatus.term == 6)
        try await expectAllReadable(try await vault.reopened(), count: 1)
    }
}
