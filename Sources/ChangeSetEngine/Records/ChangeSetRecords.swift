package import EngineKit

/// The kinds of records that change sets keep; together they are the engine's storage schema.
package enum ChangeSetRecords {
    /// What is known of change sets beside their items, by identifier.
    package static let sets = RecordKind(id: 1, isListed: true)
    /// The rules of approval, by name.
    package static let rules = RecordKind(id: 2, isListed: true)
    /// The secret by which values are told apart without being told, one record.
    package static let digestKey = RecordKind(id: 3)
    /// The change sets that are applied at a time, one record.
    package static let agenda = RecordKind(id: 4)
    /// The items of change sets, by identifier.
    package static let items = RecordKind(id: 5)
}
