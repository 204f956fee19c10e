import EngineKit
import Notation
import Testing

@testable import KVEngine

@Suite struct StoredFormTests {
    private func sample() throws -> SecretMetadata {
        var metadata = SecretMetadata(createdAt: Timestamp(seconds: -5, nanoseconds: 999_999_999))
        metadata.maxVersions = 3
        metadata.deleteVersionAfter = SecretLimits.deleteVersionAfter
        metadata.requiresCheckAndSet = true
        metadata.metadataVersion = 77
        metadata.customMetadata = try CustomMetadata(["a": "b"])
        for number in 1...9 {
            _ = metadata.addVersion(
                byteCount: number, settings: MountSettings(), now: Timestamp(seconds: Int64(number), nanoseconds: 1))
        }
        metadata.delete([8], now: Timestamp(seconds: 4_102_444_800))
        _ = metadata.destroy([7])
        return metadata
    }

    @Test func metadataComesBackAsItWas() throws {
        let metadata = try sample()
        let stored = try #require(StoredMetadata(StoredMetadata.encode(metadata)))
        let decoded = stored.metadata
        #expect(StoredMetadata.encode(decoded) == StoredMetadata.encode(metadata))
        #expect(decoded.versions == metadata.versions)
        #expect((decoded.createdTime, decoded.updatedTime) == (metadata.createdTime, metadata.updatedTime))
        #expect((decoded.currentVersion, decoded.oldestVersion) == (9, 7))
        #expect((decoded.maxVersions, decoded.metadataVersion) == (3, 77))
        #expect(decoded.deleteVersionAfter == SecretLimits.deleteVersionAfter)
        #expect(decoded.requiresCheckAndSet && !decoded.requiresMetadataCheckAndSet)
        #expect(decoded.customMetadata.json == Array(#"{"a":"b"}"#.utf8))
        for number in -1...11 { #expect(stored.version(number) == metadata[version: number]) }
        #expect(stored.version(.min) == nil)
        #expect(stored.version(.max) == nil)
    }

    @Test func theBytesAreTheDocumentedOnes() {
        var metadata = SecretMetadata(createdAt: Timestamp(seconds: 1))
        _ = metadata.addVersion(byteCount: 258, settings: MountSettings(), now: Timestamp(seconds: 2, nanoseconds: 3))
        let expected =
            "01" + "00" + "0000000000000001" + "00000000" + "0000000000000002" + "00000003" + "0000000000000001"
            + "0000000000000000" + "00000000" + "0000000000000000" + "0000000000000000" + "00000001" + "00000000"
            + "0000000000000002" + "00000003" + "0000000000000002" + "00000003" + "00" + "00000102"
        #expect(Hexadecimal.encode(StoredMetadata.encode(metadata)) == expected)
        #expect(
            Hexadecimal.encode(StoredVersion.encode(Array("{}".utf8), createdTime: Timestamp(seconds: 1)))
                == "01" + "0000000000000001" + "00000000" + "7b7d")
    }

    @Test func cutAndGrownRecordsAreRefused() throws {
        let bytes = StoredMetadata.encode(try sample())
        for count in 0..<bytes.count { #expect(StoredMetadata(Array(bytes.prefix(count))) == nil) }
        #expect(StoredMetadata(bytes + [0]) == nil)
        for count in 0..<13 { #expect(StoredVersion(Array(repeating: 1, count: count)) == nil) }
        for count in 0..<10 { #expect(StoredValue(Array(repeating: 1, count: count)) == nil) }
    }

    @Test func flippedBitsNeverTrap() throws {
        let bytes = StoredMetadata.encode(try sample())
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                guard let stored = StoredMetadata(flipped) else { continue }
                for number in -1...11 { _ = stored.version(number) }
                var metadata = stored.metadata
                #expect(metadata.versionNumbers.count == metadata.versions.count)
                _ = metadata.addVersion(byteCount: 1, settings: MountSettings(), now: Timestamp(seconds: 1))
                #expect(metadata.currentVersion == stored.currentVersion + 1)
            }
        }
    }
}
