/// A position in the store's one log of commits; strictly increasing, 0 before the first commit.
package struct Revision: Hashable, Comparable, Sendable {
    /// The number of the commit.
    package let number: UInt64

    /// Makes a revision from its number.
    package init(_ number: UInt64) { self.number = number }

    /// Whether one commit came before another.
    package static func < (left: Revision, right: Revision) -> Bool { left.number < right.number }
}

/// A value and the commit that wrote it.
package struct Stored: Sendable {
    /// The value's bytes.
    package let value: [UInt8]
    /// The commit that wrote the value.
    package let revision: Revision

    /// Makes a stored value.
    package init(value: [UInt8], revision: Revision) {
        self.value = value
        self.revision = revision
    }
}

/// What a store can say about a key without waiting.
package enum Peeked: Sendable {
    /// The record exists; this is its current value.
    case present(Stored)
    /// The record is known not to exist.
    case absent
    /// The store would have to read to know.
    case unknown
}

/// One page of names, sorted by their bytes.
package struct NamePage: Sendable {
    /// The names, relative to the folder; folders end in `/`.
    package var names: [[UInt8]]
    /// Whether names after the last one were left out because of the limit.
    package var isTruncated: Bool

    /// Makes a page.
    package init(names: [[UInt8]], isTruncated: Bool) {
        self.names = names
        self.isTruncated = isTruncated
    }
}

/// Which names a listing asks for.
package struct Listing: Hashable, Sendable {
    /// The folder.
    package let folder: Folder
    /// Whether the names of everything below are asked for, as paths relative to the folder, instead of one level.
    package let isRecursive: Bool
    /// Only names that sort strictly after this one, compared by bytes.
    package let after: [UInt8]?
    /// The largest number of names to answer.
    package let limit: Int

    /// Describes a listing.
    package init(of folder: Folder, isRecursive: Bool = false, after: [UInt8]? = nil, limit: Int = .max) {
        self.folder = folder
        self.isRecursive = isRecursive
        self.after = after
        self.limit = limit
    }
}

/// A transactional store of plaintext values, as engines see it.
///
/// The barrier is the one implementation that keeps its records; tests use one in memory. All reads see the newest
/// commit, and a commit applies all of its batch or nothing.
package protocol KeyValueStore: Sendable {
    /// What is known about a record without waiting. Never blocks, so an event loop may call it.
    func peek(_ key: StoreKey) -> Peeked

    /// The newest commit of a record that is at hand, found without opening the record; `nil` when the record is not at
    /// hand or does not exist. Never blocks, so an event loop may call it.
    func peekRevision(_ key: StoreKey) -> Revision?

    /// How often what is known of records may have become newer. While the number stays, what `peek` and `peekRevision`
    /// found is as new as it was. Never blocks.
    var changeCount: UInt64 { get }

    /// Reads records, in the order of the keys; `nil` for each that does not exist.
    func load(_ keys: [StoreKey]) async throws(StoreError) -> [Stored?]

    /// Lists names of a listed kind.
    func list(_ listing: Listing) async throws(StoreError) -> NamePage

    /// Applies a batch if each of its expectations holds, and answers only when it is durable.
    ///
    /// - Throws: `StoreError.conflict` when an expectation did not hold; nothing was applied then.
    func commit(_ batch: WriteBatch) async throws(StoreError) -> Revision
}

extension KeyValueStore {
    package func peekRevision(_ key: StoreKey) -> Revision? {
        if case .present(let stored) = peek(key) { stored.revision } else { nil }
    }
}

/// Why a store could not do what it was asked.
package enum StoreError: Error, Sendable, Equatable {
    /// An expectation of the batch did not hold.
    case conflict
    /// The barrier is sealed: no key is at hand.
    case sealed
    /// A record could not be authenticated: it was changed or moved outside of the server. The text names the place
    /// by its opaque row, never by content.
    case corrupted(String)
    /// The batch or value is larger than the store takes. The text names the limit in bytes.
    case tooLarge(String)
    /// The medium failed (disk full, I/O error, no quorum). The text is for the log.
    case unavailable(String)
}
