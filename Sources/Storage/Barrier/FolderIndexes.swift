import EngineKit
import Synchronization

/// Sorted names of large folders that were listed, so that the next page need not open every name again.
///
/// Bounded in bytes; the index of a folder is dropped as soon as a commit touches the folder's directory. Names are
/// the one plaintext the barrier keeps between calls; they go when it is sealed.
final class FolderIndexes: Sendable {
    /// Which directory: the words of its rows' keys before the name.
    struct Directory: Hashable, Sendable {
        /// The realm's tag.
        let realm: UInt64
        /// The first half of the folder's tag.
        let high: UInt64
        /// The second half of the folder's tag.
        let low: UInt64

        /// The directory's rows.
        var range: RowRange { .folder(realm: realm, high: high, low: low) }
    }

    /// How far commits had touched a directory's neighbourhood when it began to be read.
    struct Token: Sendable {
        fileprivate let touches: UInt64
    }

    /// Folders with fewer names are read anew each time.
    static let smallestIndexed = 256

    private struct Entry {
        let names: NameIndex
        var lastUse: UInt64
    }

    private struct State {
        var entries: [Directory: Entry] = [:]
        var byteCount = 0
        var clock: UInt64 = 0
        var touches = [UInt64](repeating: 0, count: FolderIndexes.bucketCount)
    }

    private static let bucketCount = 256
    private let byteLimit: Int
    private let state = Mutex(State())

    /// Makes an empty set of indexes that takes up to `byteLimit` bytes.
    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    /// The largest folder that is indexed, in bytes of names.
    var largestIndexed: Int { byteLimit / 4 }

    /// The index of a folder, if it is kept.
    func find(_ directory: Directory) -> NameIndex? {
        state.withLock { state in
            guard let names = state.entries[directory]?.names else { return nil }
            state.clock &+= 1
            state.entries[directory]?.lastUse = state.clock
            return names
        }
    }

    /// Starts to read a directory; give the token to `keep`.
    func token(for directory: Directory) -> Token {
        Token(touches: state.withLock { $0.touches[Self.bucket(of: directory)] })
    }

    /// Keeps an index unless it is small, too large, or a commit has touched the directory since the token was taken.
    func keep(_ names: NameIndex, of directory: Directory, token: Token) {
        guard names.count >= Self.smallestIndexed, names.byteCount <= largestIndexed else { return }
        state.withLock { state in
            guard state.touches[Self.bucket(of: directory)] == token.touches else { return }
            state.clock &+= 1
            if let old = state.entries.updateValue(Entry(names: names, lastUse: state.clock), forKey: directory) {
                state.byteCount -= old.names.byteCount
            }
            state.byteCount += names.byteCount
            while state.byteCount > byteLimit {
                guard let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { break }
                state.entries[oldest.key] = nil
                state.byteCount -= oldest.value.names.byteCount
            }
        }
    }

    /// Follows a commit.
    func apply(_ commit: SealedCommit) {
        state.withLock { state in
            for (key, _) in commit.rows {
                let directory = Directory(realm: key.words[0], high: key.words[1], low: key.words[2])
                state.touches[Self.bucket(of: directory)] &+= 1
                if let old = state.entries.removeValue(forKey: directory) { state.byteCount -= old.names.byteCount }
            }
            guard !commit.removedRanges.isEmpty else { return }
            // Whole ranges go with a mount, which is rare: all indexes go with it.
            for index in state.touches.indices { state.touches[index] &+= 1 }
            state.entries = [:]
            state.byteCount = 0
        }
    }

    /// Forgets everything.
    func removeAll() {
        state.withLock { state in
            for index in state.touches.indices { state.touches[index] &+= 1 }
            state.entries = [:]
            state.byteCount = 0
        }
    }

    private static func bucket(of directory: Directory) -> Int {
        Int(truncatingIfNeeded: directory.low & UInt64(bucketCount - 1))
    }
}
