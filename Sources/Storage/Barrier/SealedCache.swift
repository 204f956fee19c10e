package import EngineKit
import Synchronization

/// Recently used sealed rows in memory, bounded in bytes, and always as new as the last observed commit.
///
/// Rows known not to exist are remembered too. Only sealed bytes are kept: a look at this memory shows no more than a
/// look at the disk.
///
/// A row enters in two ways: with the commit that wrote it (`apply`), or after it was read (`fill`). A read that
/// began before a commit must not bring back the value the commit replaced, so a reader takes a token for the row
/// before it reads; `fill` refuses a token that a commit has overtaken.
package final class SealedCache: Sendable {
    /// What the cache knows about a row.
    package enum Finding: Sendable {
        /// The newest value of the row.
        case row(SealedRow)
        /// The row does not exist.
        case absent
        /// The cache cannot tell.
        case unknown
    }

    /// How far commits had touched a row's neighbourhood when a read began.
    package struct FillToken: Sendable {
        fileprivate let touches: UInt64
    }

    private static let shardCount = 16
    private let shards: [Shard]

    /// Makes an empty cache.
    ///
    /// - Parameter byteLimit: how many bytes of rows it keeps at most, its own upkeep included.
    package init(byteLimit: Int) {
        let share = max(0, byteLimit) / Self.shardCount
        shards = (0..<Self.shardCount).map { _ in Shard(byteLimit: share) }
    }

    /// What is known about a row.
    package func find(_ key: RowKey) -> Finding {
        shard(of: key).state.withLock { $0.find(key) }
    }

    /// Starts a read of a row; give the token to `fill` with what was read.
    package func token(for key: RowKey) -> FillToken {
        FillToken(touches: shard(of: key).state.withLock { $0.touches[CacheShard.bucket(of: key)] })
    }

    /// Keeps what a read found, unless a commit has touched the row since the token was taken.
    ///
    /// - Parameters:
    ///   - row: the row, or `nil` when it does not exist.
    ///   - asOf: the store's revision during the whole read; `nil` when it moved meanwhile. Without it, an absence
    ///     is not kept, because nothing would date it.
    package func fill(_ key: RowKey, with row: SealedRow?, asOf: Revision?, token: FillToken) {
        guard let revision = row?.revision ?? asOf else { return }
        shard(of: key).state.withLock { state in
            guard state.touches[CacheShard.bucket(of: key)] == token.touches, state.places[key] == nil else { return }
            state.store(key, row?.value, revision)
        }
    }

    /// Follows a commit.
    package func apply(_ commit: SealedCommit) {
        for range in commit.removedRanges {
            for shard in shards { shard.state.withLock { $0.remove(range) } }
        }
        for (key, value) in commit.rows {
            shard(of: key).state.withLock { $0.follow(key, value, commit.revision) }
        }
    }

    /// Forgets everything.
    package func removeAll() {
        for shard in shards { shard.state.withLock { $0.remove(.all) } }
    }

    /// How many bytes are kept, upkeep included.
    package var byteCount: Int {
        shards.reduce(0) { sum, shard in sum + shard.state.withLock { $0.byteCount } }
    }

    private func shard(of key: RowKey) -> Shard {
        shards[Int(truncatingIfNeeded: key.words[3] & UInt64(Self.shardCount - 1))]
    }

    private final class Shard: Sendable {
        let state: Mutex<CacheShard>
        init(byteLimit: Int) { state = Mutex(CacheShard(byteLimit: byteLimit)) }
    }
}
