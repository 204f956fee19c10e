import EngineKit
import Notation

/// A history in the words of this door.
enum HistoryAnswer {
    /// The versions, the newest first, and whether there are older ones.
    ///
    /// - Parameters:
    ///   - subject: what the history is of.
    ///   - data: the answer of the path that keeps it.
    static func object(of subject: JSONObject, _ data: JSONObject) -> JSONObject {
        let versions = (data["versions"]?.arrayValue ?? []).map { version -> JSON in
            var entry: JSONObject = [
                "version": version["version"] ?? .null, "action": version["action"] ?? .null,
                "reason": version["reason"] ?? "", "isDeleted": version["deleted"] ?? false,
                "changes": version["changes"] ?? [],
            ]
            // Of what is sensitive it is told that it changed, and not how.
            if let redacted = version["redacted"] { entry["isRedacted"] = redacted }
            return .object(entry.joined(with: Authorship.members(version.objectValue ?? [:])))
        }
        return subject.joined(with: ["versions": .array(versions), "hasMore": data["has_more"] ?? false])
    }
}

/// Who changed something last, and when, in the words of this door.
enum Authorship {
    /// The members `lastModified` and `modifiedBy`.
    static func members(_ facts: JSONObject) -> JSONObject {
        ["lastModified": facts["updated_time"] ?? .null, "modifiedBy": facts["updated_by"] ?? .null]
    }
}
