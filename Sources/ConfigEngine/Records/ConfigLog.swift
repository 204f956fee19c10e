import EngineKit
import Notation

/// The revision of a mount, and what changed with each.
struct ConfigLog {
    private let revisions: RevisionLog

    init(realm: Realm, transaction: Transaction) {
        revisions = RevisionLog(
            realm: realm, transaction: transaction, head: ConfigRecords.head, changes: ConfigRecords.changes)
    }

    /// One change.
    struct Change: Sendable {
        /// The layer whose values changed; `nil` when what keys are changed, or something for all layers.
        var layer: Layer?
        /// The keys.
        var keys: [String]
        /// The service that is served another revision; `nil` when it is not about that.
        var pinned: String?
        /// The rollout that went on; `nil` when it is not about one.
        var rollout: String?
        /// Whether the values are the same, and secrets that they refer to have changed.
        var isRotation: Bool
        /// When.
        var time: Timestamp

        init(
            layer: Layer? = nil, keys: [String] = [], pinned: String? = nil, rollout: String? = nil,
            isRotation: Bool = false, time: Timestamp
        ) {
            self.layer = layer
            self.keys = keys
            self.pinned = pinned
            self.rollout = rollout
            self.isRotation = isRotation
            self.time = time
        }

        /// Whether the change can matter to a place.
        func concerns(_ place: Place) -> Bool {
            if let pinned { return pinned.utf8.elementsEqual(place.service.utf8) }
            return layer.map { place.sees($0) } ?? true
        }
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

    /// When a revision came about; that of the oldest change that is kept stands for all before it, and `nil` for none.
    func time(of revision: UInt64) throws(EngineError) -> Timestamp? {
        let newest = try revisions.revision()
        guard revision > 0, newest > 0 else { return nil }
        let oldest = newest - min(newest, RevisionLog.changesKept) + 1
        return try change(max(revision, oldest))?.time
    }

    /// The changes after a revision up to another; `nil` when some are no longer kept.
    func changes(after first: UInt64, through last: UInt64) throws(EngineError) -> [Change]? {
        guard let found = try revisions.changes(after: first, through: last) else { return nil }
        var changes: [Change] = []
        for bytes in found { changes.append(try Change(decoding: bytes)) }
        return changes
    }
}

extension ConfigLog.Change {
    /// The record's JSON: `l` layer, `k` keys, `p` pinned service, `o` rollout, `s` secrets changed, `t` time.
    fileprivate var encoded: [UInt8] {
        var object: JSONObject = ["t": .string(time.description), "k": .strings(keys)]
        if let layer { object["l"] = .string(layer.text) }
        if let pinned { object["p"] = .string(pinned) }
        if let rollout { object["o"] = .string(rollout) }
        if isRotation { object["s"] = true }
        return JSON.object(object).serialized()
    }

    fileprivate init(decoding bytes: [UInt8]) throws(EngineError) {
        guard let json = try? JSON(parsing: bytes, limits: .stored),
            let time = json["t"]?.stringValue.flatMap({ Timestamp(parsing: $0) })
        else { throw .internalError("a change of a mount of configuration cannot be read") }
        self.init(
            layer: json["l"]?.stringValue.flatMap { Layer(path: $0) },
            keys: (json["k"]?.arrayValue ?? []).compactMap(\.stringValue), pinned: json["p"]?.stringValue,
            rollout: json["o"]?.stringValue, isRotation: json["s"]?.boolValue ?? false, time: time)
    }
}
