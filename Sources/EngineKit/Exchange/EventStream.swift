package import Notation

/// An answer that goes on: one event for each change, until the client or the server ends it.
///
/// The engine says what the client wants to hear of; the server sends it (Server-sent events, HTML standard, 9.2).
///
/// A class, because it is seldom part of the answers that can have one, and they are handed on many times.
package final class EventStream: Sendable {
    /// What the client is told of a change; `nil` when it is none of its business.
    ///
    /// - Parameter revision: the revision of the change.
    package typealias Telling = @Sendable (_ revision: UInt64, Transaction) throws(EngineError) -> [UInt8]?

    /// What the client has missed, as events in their order.
    package typealias Recalling = @Sendable (Transaction, _ now: Timestamp) throws(EngineError) -> [[UInt8]]

    /// The mount whose changes are told.
    package let realm: Realm
    /// The kind of the records by which the mount notes its changes; their ordinal is the revision.
    package let changes: RecordKind
    /// Streams of a mount with the same group are told the same, so that it is found out once.
    package let group: [UInt8]
    /// What is told of a change.
    package let tell: Telling
    /// What is told first.
    package let recall: Recalling

    /// Describes a stream.
    package init(
        realm: Realm, changes: RecordKind, group: [UInt8], tell: @escaping Telling, recall: @escaping Recalling
    ) {
        self.realm = realm
        self.changes = changes
        self.group = group
        self.tell = tell
        self.recall = recall
    }

    /// A server-sent event.
    ///
    /// - Parameters:
    ///   - revision: the revision of the change, which becomes the event's identifier.
    ///   - name: the event's name.
    ///   - data: what it says.
    package static func event(_ revision: UInt64, _ name: String, _ data: JSONObject) -> [UInt8] {
        Array("id: \(revision)\nevent: \(name)\ndata: ".utf8) + JSON.object(data).serialized() + Array("\n\n".utf8)
    }
}
