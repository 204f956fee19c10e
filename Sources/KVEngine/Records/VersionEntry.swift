import Notation

/// What a secret's metadata says about one of its versions.
struct VersionEntry: Hashable, Sendable {
    /// When the version was written.
    var createdTime: Timestamp
    /// When the version was deleted, or will be; `nil` when it is to stay.
    var deletionTime: Timestamp?
    /// Whether the value was removed for good.
    var isDestroyed = false
    /// The size of the value's JSON text in bytes.
    var byteCount: Int

    /// Whether the version is deleted at a time.
    func isDeleted(at now: Timestamp) -> Bool { deletionTime.map { $0 <= now } ?? false }

    /// Whether the value cannot be read at a time.
    func isGone(at now: Timestamp) -> Bool { isDestroyed || isDeleted(at: now) }
}
