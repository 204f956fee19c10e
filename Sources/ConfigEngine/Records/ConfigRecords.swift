package import EngineKit

/// The kinds of records that a mount of configuration keeps; together they are the engine's storage schema.
///
/// Keys, entries, rollouts and pins are documents: the current one under a listed kind, and each version, the current
/// one included, under a second kind with the version as ordinal.
package enum ConfigRecords {
    /// The settings of the mount, one record.
    package static let settings = RecordKind(id: 1)
    /// What the keys are, by key.
    package static let keys = RecordKind(id: 2, isListed: true)
    /// The versions of what the keys are.
    package static let keyVersions = RecordKind(id: 3)
    /// The current values, by layer and key.
    package static let entries = RecordKind(id: 4, isListed: true)
    /// The versions of values.
    package static let entryVersions = RecordKind(id: 5)
    /// The revision of the mount, one record.
    package static let head = RecordKind(id: 6, staysOpened: true)
    /// What changed with a revision, which is the ordinal.
    package static let changes = RecordKind(id: 7)
    /// The secret by which values are told apart without being told, one record.
    package static let digestKey = RecordKind(id: 8)
    /// Revisions with a name.
    package static let snapshots = RecordKind(id: 9, isListed: true)
    /// The revision that a service is served, by service.
    package static let pins = RecordKind(id: 10, isListed: true, staysOpened: true)
    /// The versions of pins.
    package static let pinVersions = RecordKind(id: 11)
    /// What instances say of themselves, by service and instance.
    package static let instances = RecordKind(id: 12, isListed: true)
    /// Changes on their way to everyone, by identifier.
    package static let rollouts = RecordKind(id: 13, isListed: true)
    /// The versions of rollouts.
    package static let rolloutVersions = RecordKind(id: 14)
    /// The rollouts that the background service looks at, one record.
    package static let agenda = RecordKind(id: 15)
    /// Values that stand for as long as a lease, one record.
    package static let overrides = RecordKind(id: 16)
    /// The versions of referenced secrets that were told of, one record.
    package static let rotations = RecordKind(id: 17)
}

extension DocumentKind {
    static let key = DocumentKind(current: ConfigRecords.keys, versions: ConfigRecords.keyVersions, word: "key")
    static let entry = DocumentKind(
        current: ConfigRecords.entries, versions: ConfigRecords.entryVersions, word: "value")
    static let pin = DocumentKind(current: ConfigRecords.pins, versions: ConfigRecords.pinVersions, word: "pin")
    static let rollout = DocumentKind(
        current: ConfigRecords.rollouts, versions: ConfigRecords.rolloutVersions, word: "rollout")
}
