package import Notation

/// A moment in the life of a mount: a revision, or a time.
package enum Moment: Sendable, Equatable {
    /// After this many changes of the mount.
    case revision(UInt64)
    /// At this time.
    case time(Timestamp)

    /// Reads `as_of`: a number is a revision, anything else an RFC 3339 time.
    package static func read(_ input: Input, now: Timestamp) throws(EngineError) -> Moment? {
        guard let text = try input.string("as_of"), !text.utf8.isEmpty else { return nil }
        if let revision = UInt64(text) { return .revision(revision) }
        guard let time = Timestamp(parsing: text) else {
            throw .invalid("as_of: expected a revision or an RFC 3339 time")
        }
        guard time <= now else { throw .invalid("as_of: lies in the future") }
        return .time(time)
    }

    /// Whether a version was written by then.
    package func includes(_ document: StoredDocument) -> Bool {
        switch self {
        case .revision(let revision): document.revision <= revision
        case .time(let time): document.time <= time
        }
    }
}
