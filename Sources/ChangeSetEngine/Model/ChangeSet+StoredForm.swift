import EngineKit
import Notation

/// The stored form of a change set: one record of what is known of it, which listings read, and one of its items.
extension ChangeSet {
    /// The record of the items.
    var encodedItems: [UInt8] { JSON.array(items.map(\.stored)).serialized() }

    /// The record of everything else.
    var encoded: [UInt8] {
        var object: JSONObject = [
            "message": .string(message), "phase": .string(phase.rawValue), "count": .integer(items.count),
            "authors": .array(authors.map(\.stored)),
            "approvals": .array(
                approvals.map { approval in
                    [
                        "person": approval.person.stored, "policies": .strings(approval.policies),
                        "time": .string(approval.time.description), "reason": .string(approval.reason),
                    ]
                }),
            "events": .array(events.map { .object($0.json) }),
        ]
        if let schedule {
            object["schedule"] = [
                "time": .string(schedule.time.description), "name": .string(schedule.name),
                "policies": .strings(schedule.policies),
            ]
        }
        if let application { object["application"] = application.stored }
        if let takesBack { object["takes_back"] = .string(takesBack) }
        return JSON.object(object).serialized()
    }

    /// Reads the records back.
    ///
    /// - Parameter items: the record of the items; `nil` leaves them out.
    /// - Throws: `EngineError.internalError` when one is none of ours.
    init(_ id: String, decoding bytes: [UInt8], items stored: [UInt8]? = nil) throws(EngineError) {
        var items: [ChangeItem] = []
        if let stored {
            let elements = (try? JSON(parsing: stored, limits: .stored))?.arrayValue
            items = elements?.compactMap { ChangeItem(stored: $0) } ?? []
            // A set without one of its items would be another set.
            guard let elements, items.count == elements.count else {
                throw .internalError("the items of a change set cannot be read")
            }
        }
        guard let json = try? JSON(parsing: bytes, limits: .stored),
            let message = json["message"]?.stringValue,
            let phase = json["phase"]?.stringValue.flatMap({ Phase(rawValue: $0) }),
            let authors = json["authors"]?.arrayValue?.compactMap({ Person(stored: $0) })
        else { throw .internalError("a change set's record cannot be read") }
        self.id = id
        self.message = message
        self.phase = phase
        self.items = items
        count = json["count"]?.intValue ?? items.count
        self.authors = authors
        approvals = json["approvals"]?.arrayValue?.compactMap { Approval(stored: $0) } ?? []
        events = json["events"]?.arrayValue?.compactMap { Event(stored: $0) } ?? []
        schedule = json["schedule"].flatMap { Schedule(stored: $0) }
        application = json["application"].flatMap { Application(stored: $0) }
        takesBack = json["takes_back"]?.stringValue
    }
}

extension ChangeSet.Person {
    fileprivate var stored: JSON { ["name": .string(name), "origin": .string(origin)] }

    fileprivate init?(stored json: JSON) {
        guard let name = json["name"]?.stringValue, let origin = json["origin"]?.stringValue else { return nil }
        self.init(name: name, origin: origin)
    }
}

extension ChangeSet.Approval {
    fileprivate init?(stored json: JSON) {
        guard let person = json["person"].flatMap({ ChangeSet.Person(stored: $0) }), let time = json.time("time") else {
            return nil
        }
        self.init(
            person: person, policies: json["policies"]?.arrayValue?.compactMap(\.stringValue) ?? [], time: time,
            reason: json["reason"]?.stringValue ?? "")
    }
}

extension ChangeSet.Schedule {
    fileprivate init?(stored json: JSON) {
        guard let time = json.time("time"), let name = json["name"]?.stringValue else { return nil }
        self.init(time: time, name: name, policies: json["policies"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
}

extension ChangeSet.Application {
    fileprivate var stored: JSON {
        let changes = changes.map { change -> JSON in
            var object: JSONObject = ["before": .string(change.before.text), "after": .string(change.after.text)]
            if let policy = change.policy { object["policy"] = .object(policy) }
            return .object(object)
        }
        return ["time": .string(time.description), "name": .string(name), "changes": .array(changes)]
    }

    fileprivate init?(stored json: JSON) {
        guard let time = json.time("time"), let name = json["name"]?.stringValue,
            let changes = json["changes"]?.arrayValue
        else { return nil }
        self.init(
            time: time, name: name,
            changes: changes.compactMap { change in
                guard let before = change["before"]?.stringValue.flatMap({ ItemVersion(text: $0) }),
                    let after = change["after"]?.stringValue.flatMap({ ItemVersion(text: $0) })
                else { return nil }
                // Earlier releases kept a policy's text alone.
                let text = change["text"].map { JSONObject([.init(name: "policy", value: $0)]) }
                return (before, after, change["policy"]?.objectValue ?? text)
            })
    }
}

extension ChangeSet.Event {
    /// The event as records and answers have it.
    var json: JSONObject {
        [
            "time": .string(time.description), "by": .string(name), "action": .string(action),
            "reason": .string(reason),
        ]
    }

    fileprivate init?(stored json: JSON) {
        guard let time = json.time("time"), let name = json["by"]?.stringValue,
            let action = json["action"]?.stringValue
        else { return nil }
        self.init(time: time, name: name, action: action, reason: json["reason"]?.stringValue ?? "")
    }
}

extension JSON {
    fileprivate func time(_ name: String) -> Timestamp? { self[name]?.stringValue.flatMap { Timestamp(parsing: $0) } }
}
