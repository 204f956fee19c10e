import EngineKit
import Notation

/// A value that stands in a layer for as long as a lease; afterwards the layer says again what it said before.
struct Override: Sendable {
    /// What it is called.
    let id: String
    let layer: Layer
    let key: String
    /// The version of the value before; 0 when the layer said nothing.
    let before: Int
    /// The version that the override wrote.
    let written: Int
    /// The lease.
    let lease: Lease
    /// Whose it is.
    let author: String
    let reason: String
    let since: Timestamp

    /// The override as its record has it.
    var stored: JSON {
        [
            "layer": .string(layer.text), "key": .string(key), "before": .integer(before),
            "written": .integer(written), "author": .string(author), "reason": .string(reason),
            "since": .string(since.description),
            "lease": [
                "id": .string(lease.id), "key": .string(lease.key), "end": .string(lease.end.description),
                "seconds": .integer(lease.seconds),
            ],
        ]
    }

    /// Reads a record back; `nil` when it is none of ours.
    init?(_ id: String, stored json: JSON) {
        guard let layer = json["layer"]?.stringValue.flatMap({ Layer(path: $0) }),
            let key = json["key"]?.stringValue, let before = json["before"]?.intValue,
            let written = json["written"]?.intValue, let since = json["since"]?.stringValue,
            let since = Timestamp(parsing: since), let lease = json["lease"], let name = lease["id"]?.stringValue,
            let leaseKey = lease["key"]?.stringValue, let end = lease["end"]?.stringValue,
            let end = Timestamp(parsing: end), let seconds = lease["seconds"]?.intValue
        else { return nil }
        self.init(
            id: id, layer: layer, key: key, before: before, written: written,
            lease: Lease(id: name, key: leaseKey, end: end, seconds: seconds),
            author: json["author"]?.stringValue ?? "", reason: json["reason"]?.stringValue ?? "", since: since)
    }

    init(
        id: String, layer: Layer, key: String, before: Int, written: Int, lease: Lease, author: String,
        reason: String, since: Timestamp
    ) {
        self.id = id
        self.layer = layer
        self.key = key
        self.before = before
        self.written = written
        self.lease = lease
        self.author = author
        self.reason = reason
        self.since = since
    }

    /// What answers say of it.
    ///
    /// - Parameter end: when the lease ends, renewals included; `nil` when it has ended.
    func json(until end: Timestamp?) -> JSONObject {
        [
            "id": .string(id), "layer": .string(layer.text), "key": .string(key), "version": .integer(written),
            "lease_id": .string(lease.id), "expire_time": end.map { .string($0.description) } ?? .null,
            "created_by": .string(author), "created_time": .string(since.description), "reason": .string(reason),
        ]
    }
}
