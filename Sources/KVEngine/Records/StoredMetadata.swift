import Notation

/// The stored form of a secret's metadata, read in place: a read of one version looks at that version only.
///
///     format 1 | flags 1 | created 12 | updated 12 | current version 8 | oldest version 8 | max versions 4 |
///     delete-version-after in seconds 8 | metadata version 8 | count of versions 4 | length of notes 4 |
///     notes as JSON text | for each version: created 12 | deletion 12 | flags 1 | size of the value 4 |
///     which versions are served (`Serving`), where the record's flag says so
///
/// Flags of the record: 1 check-and-set required, 2 the same for the settings, 4 it says which versions are served.
/// Flags of a version: 1 destroyed, 2 has a deletion time.
struct StoredMetadata: Sendable {
    private static let format: UInt8 = 1
    private static let headerByteCount = 70
    private static let versionByteCount = 29
    /// Numbers of versions are counted up one by one, so a larger one means that the record is not ours.
    private static let numberLimit: UInt64 = 1 << 48

    private let bytes: [UInt8]
    private let versionCount: Int
    private let versionsOffset: Int

    /// Looks at stored bytes; `nil` when they are not of this form.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headerByteCount, bytes[0] == Self.format else { return nil }
        let count = Int(bytes.stored(UInt32.self, at: 62))
        let notes = Int(bytes.stored(UInt32.self, at: 66))
        let end = Self.headerByteCount + notes + count * Self.versionByteCount
        guard bytes.count == end + (bytes[1] & 4 == 0 ? 0 : Serving.byteCount) else { return nil }
        guard (UInt64(count)...Self.numberLimit).contains(bytes.stored(UInt64.self, at: 26)),
            bytes.stored(UInt64.self, at: 34) <= Self.numberLimit
        else { return nil }
        self.bytes = bytes
        versionCount = count
        versionsOffset = Self.headerByteCount + notes
    }

    /// The number of the newest version; 0 before the first one.
    var currentVersion: Int { Int(truncatingIfNeeded: bytes.stored(UInt64.self, at: 26)) }

    /// The owner's own notes.
    var customMetadata: CustomMetadata { CustomMetadata(stored: bytes[Self.headerByteCount..<versionsOffset]) }

    /// Which versions reads get that name none; `nil` for the newest.
    var serving: Serving? {
        bytes[1] & 4 == 0
            ? nil : Serving(stored: bytes, at: versionsOffset + versionCount * Self.versionByteCount)
    }

    /// What is known about a version; `nil` when it is not kept.
    func version(_ number: Int) -> VersionEntry? {
        guard number <= currentVersion, number > currentVersion - versionCount else { return nil }
        let offset = versionsOffset + (versionCount - 1 - (currentVersion - number)) * Self.versionByteCount
        let flags = bytes[offset + 24]
        return VersionEntry(
            createdTime: bytes.storedTime(at: offset),
            deletionTime: flags & 2 == 0 ? nil : bytes.storedTime(at: offset + 12),
            isDestroyed: flags & 1 != 0, byteCount: Int(bytes.stored(UInt32.self, at: offset + 25)))
    }
}

extension StoredMetadata {
    /// Everything that is stored.
    var metadata: SecretMetadata {
        var metadata = SecretMetadata(createdAt: bytes.storedTime(at: 2))
        metadata.updatedTime = bytes.storedTime(at: 14)
        metadata.currentVersion = currentVersion
        metadata.oldestVersion = Int(truncatingIfNeeded: bytes.stored(UInt64.self, at: 34))
        metadata.maxVersions = Int(bytes.stored(UInt32.self, at: 42))
        metadata.requiresCheckAndSet = bytes[1] & 1 != 0
        metadata.deleteVersionAfter = Int(truncatingIfNeeded: bytes.stored(Int64.self, at: 46))
        metadata.metadataVersion = Int(truncatingIfNeeded: bytes.stored(UInt64.self, at: 54))
        metadata.requiresMetadataCheckAndSet = bytes[1] & 2 != 0
        metadata.customMetadata = customMetadata
        metadata.serving = serving
        metadata.versions.reserveCapacity(versionCount + 1)
        for number in (currentVersion - versionCount + 1)..<(currentVersion + 1) {
            if let entry = version(number) { metadata.versions.append(entry) }
        }
        return metadata
    }

    /// The bytes to store for a record.
    static func encode(_ metadata: SecretMetadata) -> [UInt8] {
        let notes = metadata.customMetadata.json
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            headerByteCount + notes.count + metadata.versions.count * versionByteCount + Serving.byteCount)
        bytes.append(format)
        bytes.append(
            (metadata.requiresCheckAndSet ? 1 : 0) | (metadata.requiresMetadataCheckAndSet ? 2 : 0)
                | (metadata.serving == nil ? 0 : 4))
        bytes.append(stored: metadata.createdTime)
        bytes.append(stored: metadata.updatedTime)
        bytes.append(stored: UInt64(metadata.currentVersion))
        bytes.append(stored: UInt64(metadata.oldestVersion))
        bytes.append(stored: UInt32(metadata.maxVersions))
        bytes.append(stored: Int64(metadata.deleteVersionAfter))
        bytes.append(stored: UInt64(metadata.metadataVersion))
        bytes.append(stored: UInt32(metadata.versions.count))
        bytes.append(stored: UInt32(notes.count))
        bytes += notes
        for version in metadata.versions {
            bytes.append(stored: version.createdTime)
            bytes.append(stored: version.deletionTime ?? version.createdTime)
            bytes.append((version.isDestroyed ? 1 : 0) | (version.deletionTime == nil ? 0 : 2))
            bytes.append(stored: UInt32(version.byteCount))
        }
        metadata.serving?.append(to: &bytes)
        return bytes
    }
}
