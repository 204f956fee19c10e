package import Notation

/// What an override changes, in the words of the engine that it belongs to.
package protocol OverrideSubject: Sendable {
    /// Reads what is its own of a record; `nil` when the record is not of the engine.
    init?(stored: JSON)

    /// The members of the record.
    var stored: JSONObject { get }

    /// The members of answers.
    var told: JSONObject { get }
}

/// Something that an engine says differently for as long as a lease; afterwards it says again what it said before.
package struct Override<Subject: OverrideSubject>: Sendable {
    /// What it is called.
    package let id: String
    /// What it changes.
    package let subject: Subject
    /// The lease.
    package let lease: Lease
    /// The display name of the token that asked for it.
    package let author: String
    /// Why, in its author's words.
    let reason: String
    /// When it was asked for.
    let since: Timestamp

    init(id: String, subject: Subject, lease: Lease, author: String, reason: String, since: Timestamp) {
        self.id = id
        self.subject = subject
        self.lease = lease
        self.author = author
        self.reason = reason
        self.since = since
    }

    /// The override as its record has it: the members of what it changes, and its own beside them.
    var stored: JSON {
        .object(
            subject.stored.joined(with: [
                "author": .string(author), "reason": .string(reason), "since": .string(since.description),
                "lease": [
                    "id": .string(lease.id), "key": .string(lease.key), "end": .string(lease.end.description),
                    "seconds": .integer(lease.seconds),
                ],
            ]))
    }

    /// Reads a record back; `nil` when it is none of ours.
    init?(_ id: String, stored json: JSON) {
        guard let subject = Subject(stored: json), let since = json["since"]?.stringValue,
            let since = Timestamp(parsing: since), let lease = json["lease"], let name = lease["id"]?.stringValue,
            let leaseKey = lease["key"]?.stringValue, let end = lease["end"]?.stringValue,
            let end = Timestamp(parsing: end), let seconds = lease["seconds"]?.intValue
        else { return nil }
        self.init(
            id: id, subject: subject, lease: Lease(id: name, key: leaseKey, end: end, seconds: seconds),
            author: json["author"]?.stringValue ?? "", reason: json["reason"]?.stringValue ?? "", since: since)
    }

    /// What answers say of it.
    ///
    /// - Parameter end: when the lease ends, renewals included; `nil` when it has ended.
    func told(until end: Timestamp?) -> JSONObject {
        let name: JSONObject = ["id": .string(id)]
        return name.joined(with: subject.told).joined(with: [
            "lease_id": .string(lease.id), "expire_time": end.map { .string($0.description) } ?? .null,
            "created_by": .string(author), "created_time": .string(since.description), "reason": .string(reason),
        ])
    }
}
