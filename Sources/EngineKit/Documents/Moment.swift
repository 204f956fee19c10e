package import Notation

/// A moment in the life of a mount: a revision, or a time.
package enum Moment: Sendable, Equatable {
    /// After this many changes of the mount.
    case revision(UInt64)
    /// At this time.
    case time(Timestamp)

    /// Reads `as_of`: a number is a revision, anything else an RFC 3339 time; neither may be still to come.
    ///
    /// - Parameter newest: the mount's revision, which is read only where one is asked for.
    package static func read(
        _ input: Input, now: Timestamp, newest: () throws(EngineError) -> UInt64
    ) throws(EngineError) -> Moment? {
        // Of what else becomes text, a boolean would be a revision.
        if case .bool? = input.members["as_of"] { throw .invalid("as_of: expected a revision or an RFC 3339 time") }
        guard let text = try input.string("as_of"), !text.utf8.isEmpty else { return nil }
        if let revision = UInt64(text) {
            guard revision <= (try newest()) else { throw .invalid("as_of: lies in the future") }
            return .revision(revision)
        }
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
