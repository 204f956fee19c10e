import EngineKit
import Storage
import Testing
import VaultCrypto

/// What somebody with the database in hands can do to it: everything but have it believed.
@Suite struct TamperingTests {
    private static let carrier = StoreKey.test(TestVault.metadata, "folder/secret")
    private static let version = StoreKey.test(TestVault.version, "folder/secret", ordinal: 1)
    private static let plain = StoreKey.test(TestVault.plain, "folder/plain")

    private func isCorrupted(_ error: any Error) -> Bool {
        guard case StoreError.corrupted? = error as? StoreError else { return false }
        return true
    }

    /// The rows that a put adds.
    private func rowsAdded(
        to vault: TestVault, by values: (StoreKey, String)...
    ) async throws -> [(key: RowKey, row: SealedRow)] {
        let before = Set(try await vault.rows().map(\.key))
        _ = try await vault.barrier.commit(WriteBatch(put: values))
        return try await vault.rows().filter { !before.contains($0.key) }
    }

    /// The row of a record: the one that changes when the record is written again.
    private func row(of key: StoreKey, in vault: TestVault) async throws -> (key: RowKey, row: SealedRow) {
        let text = try #require(try await vault.barrier.text(key))
        let revision = try await vault.barrier.put((key, text))
        return try #require(try await vault.rows().first { $0.row.revision == revision })
    }

    private func filledVault() async throws -> TestVault {
        let vault = try await TestVault(in: MemoryStore())
        try await vault.barrier.put((Self.carrier, "metadata"), (Self.version, "body"), (Self.plain, "plain"))
        return vault
    }

    @Test(arguments: [carrier, version, plain])
    func aRecordWithAnyByteChangedIsCorrupted(_ key: StoreKey) async throws {
        let vault = try await filledVault()
        let row = try await row(of: key, in: vault)
        for index in row.row.value.bytes.indices {
            var bytes = row.row.value.bytes
            bytes[index] ^= 1 << UInt8(index % 8)
            try await vault.overwrite(row.key, bytes)
            guard case .unknown = vault.barrier.peek(key) else {
                Issue.record("byte \(index) was believed")
                continue
            }
            await #expect("byte \(index)") { try await vault.barrier.load([key]) } throws: { isCorrupted($0) }
        }
        try await vault.overwrite(row.key, row.row.value.bytes)
        #expect(try await vault.barrier.text(key) != nil)
    }

    @Test(arguments: [carrier, version, plain])
    func aRecordCutOrLengthenedIsCorrupted(_ key: StoreKey) async throws {
        let vault = try await filledVault()
        let row = try await row(of: key, in: vault)
        let bytes = row.row.value.bytes
        for changed in [[], Array(bytes.dropLast()), Array(bytes.dropFirst()), bytes + [0], Array(bytes.prefix(3))] {
            try await vault.overwrite(row.key, changed)
            await #expect { try await vault.barrier.load([key]) } throws: { isCorrupted($0) }
        }
    }

    @Test func aNameWithAnyByteChangedIsCorrupted() async throws {
        let vault = try await TestVault(in: MemoryStore())
        let added = try await rowsAdded(to: vault, by: (.test(TestVault.plain, "name"), "value"))
        let entry = try #require(added.first { $0.row.value.bytes.first == 3 })
        #expect(added.count == 2)
        for index in entry.row.value.bytes.indices {
            var bytes = entry.row.value.bytes
            bytes[index] ^= 0x10
            try await vault.overwrite(entry.key, bytes)
            await #expect("byte \(index)") { try await vault.barrier.names(TestVault.plain) } throws: {
                isCorrupted($0)
            }
        }
    }

    @Test func aRealmKeyWithAnyByteChangedDoesNotUnseal() async throws {
        let vault = try await TestVault(in: MemoryStore())
        let realms = try await vault.rows().filter { $0.row.value.bytes.first == 4 }
        #expect(realms.count == 2)
        let row = try #require(realms.last)
        vault.barrier.seal()
        for index in row.row.value.bytes.indices {
            var bytes = row.row.value.bytes
            bytes[index] ^= 0x40
            try await vault.overwrite(row.key, bytes)
            await #expect("byte \(index)") { try await vault.lifecycle.unseal(with: vault.shares) } throws: { error in
                guard case SealError.store(.corrupted)? = error as? SealError else { return false }
                return true
            }
            #expect(vault.barrier.isSealed)
        }
    }

    @Test func aBootstrapRecordWithAnyByteChangedDoesNotUnseal() async throws {
        let vault = try await TestVault(in: MemoryStore(), shares: 3, threshold: 2)
        let row = try #require(try await vault.rows().first)
        #expect(row.row.value.bytes.starts(with: Array("PULSEVLT".utf8)))
        vault.barrier.seal()
        for index in row.row.value.bytes.indices {
            var bytes = row.row.value.bytes
            bytes[index] ^= 1
            try await vault.overwrite(row.key, bytes)
            await #expect(throws: (any Error).self, "byte \(index)") {
                try await vault.lifecycle.unseal(with: vault.shares)
            }
            #expect(vault.barrier.isSealed)
        }
    }

    @Test func valuesThatChangedPlacesAreCorrupted() async throws {
        let vault = try await filledVault()
        let other = StoreKey.test(TestVault.plain, "folder/other")
        let (otherCarrier, otherVersion) = (
            StoreKey.test(TestVault.metadata, "folder/second"),
            StoreKey.test(TestVault.version, "folder/secret", ordinal: 2)
        )
        try await vault.barrier.put((other, "other"), (otherCarrier, "second"), (otherVersion, "body two"))
        for (left, right) in [(Self.plain, other), (Self.carrier, otherCarrier), (Self.version, otherVersion)] {
            let (first, second) = (try await row(of: left, in: vault), try await row(of: right, in: vault))
            try await vault.overwrite(first.key, second.row.value.bytes)
            try await vault.overwrite(second.key, first.row.value.bytes)
            for key in [left, right] {
                await #expect { try await vault.barrier.load([key]) } throws: { isCorrupted($0) }
            }
            try await vault.overwrite(first.key, first.row.value.bytes)
            try await vault.overwrite(second.key, second.row.value.bytes)
        }
    }

    @Test func aRowMovedToAnotherRealmIsCorrupted() async throws {
        let vault = try await filledVault()
        let other = Realm(high: 7, low: 7)
        var batch = WriteBatch(put: [(.test(TestVault.plain, "folder/plain", realm: other), "theirs")])
        batch.realmChanges = [.create(other)]
        _ = try await vault.barrier.commit(batch)
        let (mine, theirs) = (
            try await row(of: Self.plain, in: vault),
            try await row(of: .test(TestVault.plain, "folder/plain", realm: other), in: vault)
        )
        try await vault.overwrite(theirs.key, mine.row.value.bytes)
        await #expect { try await vault.barrier.load([.test(TestVault.plain, "folder/plain", realm: other)]) } throws: {
            isCorrupted($0)
        }
    }

    @Test func aRowOfAnotherVaultIsCorrupted() async throws {
        let (mine, theirs) = (try await filledVault(), try await filledVault())
        let (row, foreign) = (try await row(of: Self.plain, in: mine), try await row(of: Self.plain, in: theirs))
        try await mine.overwrite(row.key, foreign.row.value.bytes)
        await #expect { try await mine.barrier.load([Self.plain]) } throws: { isCorrupted($0) }
    }

    @Test func aBodyWithoutItsCarrierStaysUnreadable() async throws {
        let vault = try await filledVault()
        let body = try await row(of: Self.version, in: vault)
        try await vault.barrier.delete(Self.carrier, Self.version)
        try await vault.overwrite(body.key, body.row.value.bytes)
        await #expect { try await vault.barrier.load([Self.version]) } throws: { isCorrupted($0) }
        // A carrier that is made anew has another key.
        try await vault.barrier.put((Self.carrier, "metadata"))
        await #expect { try await vault.barrier.load([Self.version]) } throws: { isCorrupted($0) }
    }

    /// Everything is put back but the realm's key: the keyring alone opens none of it.
    @Test func recordsOfADestroyedRealmStayUnreadable() async throws {
        let vault = try await filledVault()
        let rows = try await vault.rows()
        var batch = WriteBatch()
        batch.realmChanges = [.destroy(TestVault.realm)]
        _ = try await vault.barrier.commit(batch)
        batch.realmChanges = [.create(TestVault.realm)]
        _ = try await vault.barrier.commit(batch)
        for (key, row) in rows where [1, 2, 3].contains(row.value.bytes.first) {
            try await vault.overwrite(key, row.value.bytes)
        }
        for key in [Self.plain, Self.carrier, Self.version] {
            await #expect { try await vault.barrier.load([key]) } throws: { isCorrupted($0) }
        }
        // A new carrier's body with the old data key in front of it does not help either.
        await #expect { try await vault.barrier.put((Self.carrier, "new"), (Self.version, "new")) } throws: {
            isCorrupted($0)
        }
        await #expect { try await vault.barrier.names(TestVault.plain, "folder") } throws: { isCorrupted($0) }
    }

    @Test func errorsNameTheRowAndNothingElse() async throws {
        let vault = try await filledVault()
        let row = try await row(of: Self.plain, in: vault)
        try await vault.overwrite(row.key, [1, 2, 3])
        await #expect { try await vault.barrier.load([Self.plain]) } throws: { error in
            let text = String(describing: error)
            return !text.contains("folder") && !text.contains("plain") && text.contains("row ")
        }
    }

    @Test(arguments: StoreBackend.all)
    func noNameValueOrRealmIsFoundInTheStore(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let vault = try await TestVault(in: store)
            let words = ["canary-folder", "canary-name", "canary-value", "canary-body"]
            let path = "\(words[0])/\(words[1])"
            try await vault.barrier.put(
                (.test(TestVault.metadata, path), words[2]), (.test(TestVault.version, path, ordinal: 1), words[3]),
                (.test(TestVault.plain, path), words[2]))
            _ = try await vault.barrier.rotate(now: 2000)
            _ = try await vault.barrier.rewrapAll()
            var bytes: [UInt8] = []
            for (key, row) in try await vault.rows() {
                for index in 0..<5 {
                    for byte in 0..<8 {
                        bytes.append(UInt8(truncatingIfNeeded: key.words[index] >> UInt64(56 - 8 * byte)))
                    }
                }
                bytes += row.value.bytes
            }
            #expect(bytes.count > 1000)
            // The scan finds what is there in the clear, so it would find the others too.
            #expect(contains(bytes, Array("PULSEVLT".utf8)))
            let canaries = words.map { Array($0.utf8) } + [TestVault.realm.bytes]
            for canary in canaries { #expect(!contains(bytes, canary)) }
            for share in vault.shares {
                #expect(!contains(bytes, share.bytes.withSpan { span in (0..<32).map { span[$0] } }))
            }
        }
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.dropLast(part.count - 1).contains { bytes[$0...].starts(with: part) }
    }
}
