package import Notation

/// One version of a document, such as a flag's state or a value of configuration, with who made it and why.
package struct StoredDocument: Sendable {
    /// The version, counted from 1; it counts on when a deleted document is written again.
    package var version: Int
    /// The revision of the mount that wrote it.
    package var revision: UInt64
    /// When it was written.
    package var time: Timestamp
    /// When the first version was written.
    package var created: Timestamp
    /// The display name of the token that wrote it.
    package var author: String
    /// What was done, such as `write`, `patch`, `toggle`, `kill`, `rollback`.
    package var action: String
    /// Why, in the author's words; empty when nothing was said.
    package var reason: String
    /// Whether the document is deleted, or archived.
    package var isDeleted: Bool
    /// A word that stands beside the content, such as why a flag is killed; `nil` when there is none.
    package var mark: String?
    /// What of the content was to stand for a while only, in the engine's own words.
    package var temporary: [JSON] = []
    /// The content, as the model writes it.
    package var content: JSONObject

    /// The record's JSON: `v` version, `r` revision, `t` time, `c` created, `a` author, `d` done, `w` why, `x` deleted,
    /// `k` mark, `o` what is temporary, `b` body.
    package var encoded: [UInt8] {
        var object: JSONObject = [
            "v": .integer(version), "r": .integer(revision), "t": .string(time.description),
            "c": .string(created.description), "a": .string(author), "d": .string(action),
        ]
        if !reason.utf8.isEmpty { object["w"] = .string(reason) }
        if isDeleted { object["x"] = true }
        if let mark { object["k"] = .string(mark) }
        if !temporary.isEmpty { object["o"] = .array(temporary) }
        object["b"] = .object(content)
        return JSON.object(object).serialized()
    }

    /// Reads a record back.
    ///
    /// - Throws: `EngineError.internalError` when it is none of ours.
    package init(decoding bytes: [UInt8]) throws(EngineError) {
        guard let json = try? JSON(parsing: bytes, limits: .stored), let object = json.objectValue,
            let version = object["v"]?.intValue, case .number(let revision)? = object["r"],
            let revision = UInt64(revision), let time = object["t"]?.stringValue.flatMap({ Timestamp(parsing: $0) }),
            let created = object["c"]?.stringValue.flatMap({ Timestamp(parsing: $0) }),
            let author = object["a"]?.stringValue, let action = object["d"]?.stringValue,
            let content = object["b"]?.objectValue
        else { throw .internalError("a document's record cannot be read") }
        self.version = version
        self.revision = revision
        self.time = time
        self.created = created
        self.author = author
        self.action = action
        self.content = content
        reason = object["w"]?.stringValue ?? ""
        isDeleted = object["x"]?.boolValue ?? false
        mark = object["k"]?.stringValue
        temporary = object["o"]?.arrayValue ?? []
    }

    /// The version after another one, or the first.
    ///
    /// - Parameters:
    ///   - earlier: the current version; `nil` when there was never one.
    ///   - content: the new content.
    ///   - action: what is done.
    ///   - author: the display name of the token in whose name it is done.
    ///   - time: when it is done.
    ///   - revision: the revision of the change.
    package init(
        after earlier: StoredDocument?, content: JSONObject, action: String, reason: String, author: String,
        time: Timestamp, revision: UInt64
    ) {
        version = (earlier?.version ?? 0) + 1
        self.revision = revision
        self.time = time
        created = earlier?.created ?? time
        self.author = author
        self.action = action
        self.reason = reason
        isDeleted = false
        mark = earlier?.mark
        self.content = content
    }

    /// What answers say about a version beside its content.
    package var facts: JSONObject {
        [
            "version": .integer(version), "revision": .integer(revision), "action": .string(action),
            "reason": .string(reason), "updated_by": .string(author), "updated_time": .string(time.description),
            "created_time": .string(created.description),
        ]
    }

    /// The members by which answers tell facts; written back by a client, they are passed over.
    package static let factNames = [
        "version", "revision", "action", "reason", "updated_by", "updated_time", "created_time", "options", "cas",
    ]
}
