import EngineKit
import Notation

/// The revision of a mount, and what changed with each.
///
/// Evaluation keeps a compiled picture of the flags; the log tells it what to compile anew, and subscribers what to
/// fetch.
struct ChangeLog {
    let realm: Realm
    let transaction: Transaction

    /// Opens the log of a mount.
    init(realm: Realm, transaction: Transaction) {
        self.realm = realm
        self.transaction = transaction
    }

    /// One change.
    struct Change: Sendable {
        /// The environment; `nil` when all are touched.
        var environment: [UInt8]?
        /// The flags whose definition or state changed.
        var flags: [[UInt8]] = []
        /// The segments that changed.
        var segments: [[UInt8]] = []
        /// When.
        var time: Timestamp
    }

    private var revisions: RevisionLog {
        RevisionLog(
            realm: realm, transaction: transaction, head: FlagRecords.head, changes: FlagRecords.changes)
    }

    /// The revision of the newest change; 0 before the first.
    func revision() throws(EngineError) -> UInt64 { try revisions.revision() }

    /// The revision before this transaction's own changes; `nil` when it has made none.
    func revisionBeforeOwn() throws(EngineError) -> UInt64? { try revisions.revisionBeforeOwn() }

    /// Notes a change under the revision after the newest one, and returns it.
    func append(_ change: Change) throws(EngineError) -> UInt64 { try revisions.append(change.encoded) }

    /// The change of a revision; `nil` when it is not kept.
    func change(_ revision: UInt64) throws(EngineError) -> Change? {
        try revisions.change(revision).map { bytes throws(EngineError) in try Change(decoding: bytes) }
    }

    /// The changes after a revision up to another; `nil` when some are no longer kept.
    func changes(after first: UInt64, through last: UInt64) throws(EngineError) -> [Change]? {
        guard let found = try revisions.changes(after: first, through: last) else { return nil }
        var changes: [Change] = []
        for bytes in found { changes.append(try Change(decoding: bytes)) }
        return changes
    }
}

extension ChangeLog.Change {
    /// The record's JSON: `e` environment, `f` flags, `s` segments, `t` time.
    var encoded: [UInt8] {
        var object: JSONObject = ["t": .string(time.description)]
        if let environment { object["e"] = .string(String(decoding: environment, as: UTF8.self)) }
        if !flags.isEmpty { object["f"] = .strings(flags.map { String(decoding: $0, as: UTF8.self) }) }
        if !segments.isEmpty { object["s"] = .strings(segments.map { String(decoding: $0, as: UTF8.self) }) }
        return JSON.object(object).serialized()
    }

    /// Reads a record back.
    init(decoding bytes: [UInt8]) throws(EngineError) {
        guard let json = try? JSON(parsing: bytes, limits: .stored), let object = json.objectValue,
            let time = object["t"]?.stringValue.flatMap({ Timestamp(parsing: $0) })
        else { throw .internalError("a change of a mount of flags cannot be read") }
        func names(_ member: String) -> [[UInt8]] {
            (object[member]?.arrayValue ?? []).compactMap { $0.stringValue.map { Array($0.utf8) } }
        }
        self.init(
            environment: object["e"]?.stringValue.map { Array($0.utf8) }, flags: names("f"), segments: names("s"),
            time: time)
    }
}
