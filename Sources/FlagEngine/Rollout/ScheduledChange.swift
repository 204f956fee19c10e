import EngineKit
import Notation

/// A change of a flag's state that waits for its time.
struct ScheduledChange: Sendable {
    /// What tells it apart from others of the flag.
    let id: String
    /// When it is made.
    let due: Timestamp
    /// The merge patch (RFC 7396) of the state.
    let patch: JSON
    /// Why, in its author's words.
    let reason: String
    /// The display name of the token that asked for it.
    let author: String
    /// When it was asked for.
    let created: Timestamp
    /// Why it could not be made; `nil` while it waits.
    var failure: String?

    /// Describes a change.
    init(
        id: String, due: Timestamp, patch: JSON, reason: String, author: String, created: Timestamp,
        failure: String? = nil
    ) {
        self.id = id
        self.due = due
        self.patch = patch
        self.reason = reason
        self.author = author
        self.created = created
        self.failure = failure
    }

    /// The record's JSON: `t` due, `p` patch, `w` why, `a` author, `c` created, `x` failure.
    var encoded: [UInt8] {
        var object: JSONObject = [
            "t": .string(due.description), "p": patch, "w": .string(reason), "a": .string(author),
            "c": .string(created.description),
        ]
        if let failure { object["x"] = .string(failure) }
        return JSON.object(object).serialized()
    }

    /// Reads a record back.
    init(id: String, decoding bytes: [UInt8]) throws(EngineError) {
        guard let json = try? JSON(parsing: bytes, limits: .stored),
            let due = json["t"]?.stringValue.flatMap({ Timestamp(parsing: $0) }), let patch = json["p"],
            let created = json["c"]?.stringValue.flatMap({ Timestamp(parsing: $0) })
        else { throw .internalError("a scheduled change cannot be read") }
        self.init(
            id: id, due: due, patch: patch, reason: json["w"]?.stringValue ?? "",
            author: json["a"]?.stringValue ?? "", created: created, failure: json["x"]?.stringValue)
    }

    /// The change as answers show it.
    var data: JSONObject {
        var data: JSONObject = [
            "id": .string(id), "at": .string(due.description), "change": patch, "reason": .string(reason),
            "created_by": .string(author), "created_time": .string(created.description),
            "status": failure == nil ? "waiting" : "failed",
        ]
        if let failure { data["error"] = .string(failure) }
        return data
    }

    /// The record's key.
    static func key(_ realm: Realm, _ environment: [UInt8], _ flag: [UInt8], _ id: String) -> StoreKey {
        StoreKey(
            realm, FlagRecords.scheduledChanges,
            FlagScope.path(environment, flag) + [UInt8(ascii: "/")] + Array(id.utf8))
    }
}
