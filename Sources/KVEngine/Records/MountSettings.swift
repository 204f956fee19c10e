import EngineKit
import Notation

/// The settings of a versioned mount, which hold for all of its secrets.
///
/// Stored form: `format 1 | flags 1 | max versions 4 | delete-version-after in seconds 8`; flag 1 is check-and-set
/// required, flag 2 the same for the settings of secrets.
struct MountSettings: Hashable, Sendable {
    /// How many versions are kept when neither mount nor secret says it.
    static let defaultVersionLimit = 10
    /// The `deleteVersionAfter` that switches expiry off for the whole mount.
    static let disabled = -1

    /// How many versions are kept at least; 0 says nothing.
    var maxVersions = 0
    /// Whether writes must name the current version.
    var requiresCheckAndSet = false
    /// Seconds after which new versions delete themselves; 0 says nothing, `disabled` switches it off.
    var deleteVersionAfter = 0
    /// Whether writes of a secret's settings must name their current number.
    var requiresMetadataCheckAndSet = false

    /// How many versions of a secret are kept: the larger of its own limit and the mount's.
    func versionLimit(ownLimit: Int) -> Int {
        let limit = max(ownLimit, maxVersions)
        return limit > 0 ? limit : Self.defaultVersionLimit
    }

    /// When a version deletes itself: after the shorter of the mount's and the secret's times; `nil` for never.
    func deletionTime(ofVersionMadeAt now: Timestamp, ownDeleteVersionAfter: Int) -> Timestamp? {
        guard deleteVersionAfter >= 0 else { return nil }
        let times = [deleteVersionAfter, ownDeleteVersionAfter].filter { $0 > 0 }
        return times.min().flatMap { GoDuration(seconds: $0) }.map { now.adding($0) }
    }
}

extension MountSettings {
    private static let format: UInt8 = 1

    /// Where the settings of a mount are stored.
    static func key(_ realm: Realm) -> StoreKey {
        StoreKey(realm, KeyValueRecords.settings, Array("config".utf8))
    }

    /// The settings of a mount; the defaults when they were never written.
    init(of realm: Realm, _ transaction: Transaction) throws(EngineError) {
        guard let bytes = try transaction.get(Self.key(realm)) else { return }
        guard bytes.count == 14, bytes[0] == Self.format else {
            throw .internalError("the settings of a key-value mount could not be read")
        }
        requiresCheckAndSet = bytes[1] & 1 != 0
        requiresMetadataCheckAndSet = bytes[1] & 2 != 0
        maxVersions = Int(bytes.stored(UInt32.self, at: 2))
        deleteVersionAfter = Int(truncatingIfNeeded: bytes.stored(Int64.self, at: 6))
    }

    /// Stores the settings when the transaction commits.
    func put(_ realm: Realm, _ transaction: Transaction) {
        var bytes: [UInt8] = [Self.format, (requiresCheckAndSet ? 1 : 0) | (requiresMetadataCheckAndSet ? 2 : 0)]
        bytes.append(stored: UInt32(maxVersions))
        bytes.append(stored: Int64(deleteVersionAfter))
        transaction.put(Self.key(realm), bytes)
    }
}
