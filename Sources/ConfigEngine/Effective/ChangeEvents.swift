import EngineKit
import Notation

/// The events by which those hear of changes who look at a place.
struct ChangeEvents {
    private let realm: Realm
    private let place: Place

    init(_ realm: Realm, _ place: Place) {
        self.realm = realm
        self.place = place
    }

    /// A stream of the changes that the place sees; those that were missed are told as they are in the log.
    ///
    /// - Parameters:
    ///   - kind: streams of the same kind are told the same.
    ///   - after: the last revision that is known; `nil` to hear of what comes only.
    ///   - tell: what is told of a change that the place sees.
    func stream(
        _ kind: String, after: UInt64?,
        tell: @escaping @Sendable (UInt64, ConfigLog.Change, Transaction) throws(EngineError) -> [UInt8]?
    ) -> EventStream {
        let (realm, place) = (realm, place)
        let group = "\(place.service)/\(place.environment)/\(place.instance)/\(kind)"
        return EventStream(
            realm: realm, changes: ConfigRecords.changes, group: Array(group.utf8),
            tell: { revision, transaction throws(EngineError) in
                let log = ConfigLog(realm: realm, transaction: transaction)
                guard let change = try log.change(revision), change.concerns(place) else { return nil }
                return try tell(revision, change, transaction)
            },
            recall: { transaction, now throws(EngineError) in
                guard let after else { return [] }
                let log = ConfigLog(realm: realm, transaction: transaction)
                let newest = try log.revision()
                // What is too far back, or ahead of a store that was restored, is fetched anew.
                guard after <= newest, newest - after <= 1_000,
                    let changes = try log.changes(after: after, through: newest)
                else { return [EventStream.event(newest, "refetch", ["revision": .integer(newest)])] }
                var events: [[UInt8]] = []
                for (offset, change) in changes.enumerated() where change.concerns(place) {
                    events.append(try Self(realm, place).event(after + UInt64(offset) + 1, change, transaction))
                }
                return events
            })
    }

    /// The event of a change as the log has it: all of its keys, whether or not they differ for the place.
    func event(
        _ revision: UInt64, _ change: ConfigLog.Change, _ transaction: Transaction
    ) throws(EngineError) -> [UInt8] {
        let documents = DocumentStore(realm: realm, transaction: transaction)
        var needsRestart = false
        for key in change.keys {
            guard let definition = try documents.current(.key, Array(key.utf8))?.keyDefinition() else { continue }
            needsRestart = needsRestart || definition.reload == .static
        }
        return Self.event(revision, change, change.keys, needsRestart)
    }

    /// An event: which keys, and whether one of them asks for a restart; never the values.
    static func event(
        _ revision: UInt64, _ change: ConfigLog.Change, _ keys: [String], _ needsRestart: Bool
    ) -> [UInt8] {
        EventStream.event(
            revision, "change",
            [
                "revision": .integer(revision), "keys": .strings(keys), "restart_needed": .bool(needsRestart),
                "time": .string(change.time.description),
            ])
    }
}
