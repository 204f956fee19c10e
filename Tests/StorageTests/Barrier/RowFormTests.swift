import EngineKit
@testable import Storage
import Testing
import VaultCrypto

/// The small parts that rows are made of. Two of them guard the same thing: a row is bound to its place, and names
/// its address inside; each must hold alone.
@Suite struct RowFormTests {
    @Test func anAddressIsTakenOffOnlyByItsOwner() {
        let owner = StoreKey.test(TestVault.plain, "a/b", ordinal: 3)
        let sealed = RecordAddress.encode(owner, payload: [1, 2, 3])
        var bytes = sealed
        #expect(RecordAddress.strip(owner, from: &bytes))
        #expect(bytes == [1, 2, 3])
        for other in [
            StoreKey.test(TestVault.metadata, "a/b", ordinal: 3), .test(TestVault.plain, "a/b", ordinal: 2),
            .test(TestVault.plain, "a/c", ordinal: 3), .test(TestVault.plain, "a", ordinal: 3),
            .test(TestVault.plain, "a/b\u{1}", ordinal: 3),
        ] {
            var bytes = sealed
            #expect(!RecordAddress.strip(other, from: &bytes))
        }
        for count in 0..<16 {
            var bytes = Array(sealed.prefix(count))
            #expect(!RecordAddress.strip(owner, from: &bytes))
        }
    }

    @Test func everyPlaceHasAContextOfItsOwn() throws {
        let cluster = try #require(TestVault.cluster)
        let other = try #require(ClusterIdentity(id: Array(2...17), name: []))
        let (key, otherKey) = (try AEADKey.random(), try AEADKey.random())
        let rows = (0..<5).map { word in
            var words = InlineArray<5, UInt64>(repeating: 9)
            words[word] = 8
            return RowKey(words)
        }
        var contexts: Set<[UInt8]> = []
        var count = 0
        func add(_ context: SealingContext) {
            count += 1
            contexts.insert((0..<context.span.count).map { context.span[$0] })
        }
        let owners = [
            (cluster, Realm.system, key), (other, .system, key), (cluster, TestVault.realm, key),
        ]
        for row in rows {
            for (cluster, realm, key) in owners {
                let contexts = try RowContexts(cluster: cluster, realm: realm, key: key)
                add(contexts.body(row, .record))
                add(contexts.body(row, .carrier))
                add(contexts.body(row, .directoryEntry))
                add(contexts.body(row, carrying: [1].span))
                add(contexts.body(row, carrying: [2].span))
                add(contexts.dataKey(row))
            }
            add(try RowContexts(cluster: cluster, realm: .system, key: otherKey).dataKey(row))
            for cluster in [cluster, other] {
                add(RowContexts.realmKey(cluster: cluster, row: row))
                add(RowContexts.realmName(cluster: cluster, row: row))
            }
        }
        #expect(contexts.count == count)
    }

    @Test func everyRecordAndEntryHasARowOfItsOwn() throws {
        let addressing = try RowAddressing(indexKey: SecretBytes(random: 32))
        var rows: Set<[UInt64]> = []
        var count = 0
        func add(_ row: RowKey) {
            count += 1
            rows.insert((0..<5).map { row.words[$0] })
        }
        for realm in [Realm.system, TestVault.realm] {
            let tag = addressing.tag(of: realm)
            #expect(tag != RowKey.ownRealmTag)
            add(addressing.row(of: realm))
            for kind in 1...3 as ClosedRange<UInt8> {
                for path in ["", "a", "a/", "/a", "a/b", "ab", "a//b", "caf\u{E9}", "cafe\u{301}"] {
                    let key = StoreKey.test(TestVault.plain, path, realm: realm)
                    for ordinal in 0...2 as ClosedRange<UInt64> {
                        add(addressing.row(of: key, kind: kind, ordinal: ordinal, realmTag: tag))
                    }
                }
                for folder in ["", "a/", "/", "a/b/"] {
                    let directory = addressing.directory(
                        of: Array(folder.utf8)[...], realm: realm, kind: kind, realmTag: tag)
                    for name in ["", "a", "a/", "/"] {
                        add(addressing.row(in: directory, name: Array(name.utf8)[...], ordinal: 0))
                    }
                }
            }
        }
        #expect(rows.count == count)
        let other = try RowAddressing(indexKey: SecretBytes(random: 32))
        #expect(other.row(of: .system) != addressing.row(of: .system))
    }

    @Test func foldersOfOneFolderLieSideBySide() throws {
        let addressing = try RowAddressing(indexKey: SecretBytes(random: 32))
        let rows = ["a/x", "a/y", "b/x"].map {
            addressing.row(of: .test(TestVault.plain, $0), kind: 3, ordinal: 0, realmTag: 7)
        }
        #expect(rows.allSatisfy { $0.words[0] == 7 })
        #expect(rows[0].words[1] == rows[1].words[1] && rows[0].words[2] == rows[1].words[2])
        #expect(rows[0].words[1] != rows[2].words[1])
        // The same name in two folders looks different.
        #expect(rows[0].words[3] != rows[2].words[3])
    }

    @Test func theBootstrapRecordIsReadBackAsItWasWritten() throws {
        let record = Bootstrap(
            configuration: try SealConfiguration(shares: 5, threshold: 3), cluster: try #require(TestVault.cluster),
            sealGeneration: 7, sealedRoot: Array(1...100), keyringGeneration: UInt64.max,
            sealedKeyring: [UInt8](repeating: 9, count: 70_000))
        let bytes = record.encode().bytes
        let read = try #require(Bootstrap(decoding: SealedValue(readFromBackend: bytes)))
        #expect(read.configuration == record.configuration && read.cluster == record.cluster)
        #expect(read.sealGeneration == 7 && read.keyringGeneration == .max)
        #expect(read.sealedRoot == record.sealedRoot && read.sealedKeyring == record.sealedKeyring)
        for count in 0..<200 {
            #expect(Bootstrap(decoding: SealedValue(readFromBackend: Array(bytes.prefix(count)))) == nil)
        }
        #expect(Bootstrap(decoding: SealedValue(readFromBackend: bytes + [0])) == nil)
        for name in [0, 1024] {
            #expect(ClusterIdentity(id: Array(1...16), name: Array(repeating: 0, count: name)) != nil)
        }
        #expect(ClusterIdentity(id: Array(1...16), name: Array(repeating: 0, count: 1025)) == nil)
        #expect(ClusterIdentity(id: Array(1...15), name: []) == nil)
    }

    @Test func theKeyringIsReadBackAsItWasWritten() throws {
        var keyring = try #require(try Keyring.generate(now: 5))
        keyring.active.count(12)
        keyring = try #require(keyring.successor(adding: StoredKey(), now: 6))
        keyring.active.count(3)
        let read = try Keyring(decoding: keyring.encode(), generation: keyring.generation)
        #expect(read.generation == 2)
        #expect(read.terms.map(\.number) == [1, 2])
        #expect(read.terms.map(\.installed) == [5, 6])
        #expect(read.terms.map(\.encryptions) == [12, 3])
        for (old, new) in zip(keyring.terms, read.terms) {
            let isSame = old.key.bytes.isEqual(to: new.key.bytes)
            #expect(isSame)
        }
        #expect(same(read.indexKey, keyring.indexKey))
        #expect(same(read.tokenKey, keyring.tokenKey))
        #expect(same(read.auditSeed, keyring.auditSeed))
        #expect(throws: CryptoError.malformed) { try Keyring(decoding: SecretBytes(random: 152), generation: 1) }
    }

    private func same(_ left: KeyMaterial, _ right: KeyMaterial) -> Bool { left.bytes.isEqual(to: right.bytes) }
}
