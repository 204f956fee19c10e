package import EngineKit

/// The kinds of records that a mount of configuration keeps; together they are the engine's storage schema.
///
/// Keys, entries and rollouts are documents: the current one under a listed kind, and each version, the current one
/// included, under a second kind with the version as ordinal.
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
    package static let head = RecordKind(id: 6)
    /// What changed with a revision, which is the ordinal.
    package static let changes = RecordKind(id: 7)
}
