import Notation

/// What requests that write documents say beside the content.
extension EngineRequest {
    /// The version that the document must have (`cas`), which stands in `options` or beside the other members; `nil`
    /// when the client does not say. 0 says that there must be none.
    package func expectedVersion() throws(EngineError) -> Int? {
        guard let given = try input.object("options")?["cas"] ?? input.members["cas"] else { return nil }
        switch given {
        case .number(let text), .string(let text):
            if let number = Int(text) { return number }
        case .null, .bool, .array, .object: break
        }
        throw .field("cas", "an integer")
    }

    /// Refuses a write that expects another version.
    ///
    /// - Parameter current: the current version; 0 when there is none.
    package func checkVersion(_ current: Int) throws(EngineError) {
        guard let expected = try expectedVersion() else { return }
        guard expected == current else {
            throw .mismatch(.version, ["check-and-set parameter did not match the current version"])
        }
    }

    /// Why the change is made, in the caller's words.
    ///
    /// - Parameter required: whether there must be any.
    package func reason(required: Bool = false) throws(EngineError) -> String {
        let reason = try input.string("reason") ?? ""
        guard reason.utf8.count <= 1_024 else { throw .invalid("reason: must be 1024 bytes at most") }
        if required, reason.utf8.allSatisfy({ $0 == 0x20 }) { throw .invalid("reason: is missing") }
        return reason
    }

    /// Refuses a change of something protected by a caller without `sudo` on the path.
    package func requireSudo(_ isProtected: Bool, _ what: String) throws(EngineError) {
        guard !isProtected || caller.hasSudo || caller.isRoot else {
            throw .permissionDenied(reason: "\(what) is protected, which asks for sudo")
        }
    }

    /// The last event that the client saw of a stream; `nil` when it saw none.
    package func lastEventNumber() throws(EngineError) -> UInt64? {
        guard let text = lastEvent, !text.utf8.isEmpty else { return nil }
        guard let revision = UInt64(text) else { throw .invalid("Last-Event-ID: expected the id of an event") }
        return revision
    }

    /// Which page of a history is asked for: `limit` versions (1 to 500, 50 unless said) below `before`.
    package func historyPage() throws(EngineError) -> (limit: Int, before: Int) {
        let limit = try input.int("limit") ?? 50
        let before = try input.int("before") ?? Int.max
        guard (1...500).contains(limit) else { throw .field("limit", "a number from 1 to 500") }
        guard before > 1 else { throw .field("before", "a number of a version above 1") }
        return (limit, before)
    }
}

extension DocumentStore {
    /// The version of a document that a request asks for by `version` or `as_of`; the current one otherwise.
    ///
    /// - Parameter newest: the mount's revision.
    package func asked(
        _ kind: DocumentKind, _ path: [UInt8], by request: EngineRequest, newest: () throws(EngineError) -> UInt64
    ) throws(EngineError) -> StoredDocument? {
        if let moment = try Moment.read(request.input, now: request.now, newest: newest) {
            return try document(kind, path, asOf: moment)
        }
        if let number = try request.input.int("version"), number != 0 { return try version(kind, path, number) }
        return try current(kind, path)
    }
}
