/// Why a request was not served. The pipeline turns it into Vault's status and JSON in one place.
package enum EngineError: Error, Sendable {
    /// The input was wrong: 400 with these messages. They name fields and rules, never submitted values.
    case invalid([String])
    /// The input is well formed and does not fit what is there: 400 with these messages, as Vault has no other status
    /// for it. Doors that have one tell the kinds apart.
    case mismatch(Mismatch, [String])
    /// Nothing is there: 404 with an empty list of errors.
    case notFound
    /// The mount has no such path: 404.
    case unsupportedPath
    /// The path does not know the operation: 405.
    case unsupportedOperation
    /// The caller may not: 403. The reason is for the audit log; the client hears `permission denied`.
    case permissionDenied(reason: String)
    /// A specific status with messages, for the few answers that fit nothing else.
    case status(UInt16, [String])
    /// Something failed inside: 500 with `internal error`. The text is for the log.
    case internalError(String)
    /// The store failed: 500, or 503 when it is sealed.
    case store(StoreError)
    /// A record is not at hand; the transactor loads it and tries again. Handlers let it pass.
    case notLoaded
    /// Two records did not fit together because a commit came between the reads; the transactor reads again.
    case inconsistentRead

    /// What input does not fit.
    package enum Mismatch: Sendable {
        /// The version that is there: somebody else was faster.
        case version
        /// The type or the schema that was declared for the value.
        case schema
    }

    /// Wrong input with one message.
    package static func invalid(_ message: String) -> EngineError { .invalid([message]) }
}

extension EngineError {
    /// What is wrong with what was asked for; `nil` for everything else, such as a store that fails.
    package var reasonOfRefusal: String? {
        switch self {
        case .invalid(let errors), .mismatch(_, let errors): errors.joined(separator: "; ")
        case .status(_, let errors): errors.joined(separator: "; ")
        case .notFound: "not found"
        default: nil
        }
    }
}
