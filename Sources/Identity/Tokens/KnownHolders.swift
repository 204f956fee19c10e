import EngineKit
import Synchronization

/// Tokens that requests came with before, each good for the commits that wrote its record and those of its parents.
///
/// They are found by the keyed hash of the token, hold no token, and go with the snapshot that they belong to, so at
/// the latest when the vault is sealed.
final class KnownHolders: Sendable {
    /// How many are kept; when there are more, all are forgotten and the busy ones come back.
    private static let limit = 10_000

    private struct Known {
        let revision: Revision
        let holder: TokenHolder
        /// How many changes the store had seen when the record was last known to be of that revision.
        var changes: UInt64
    }

    private let known = Mutex<[[UInt8]: Known]>([:])

    /// The holder behind a token's hash, if its record is still the one that was decoded.
    func find(_ hash: [UInt8], _ transaction: Transaction) -> TokenHolder? {
        guard let found = known.withLock({ $0[hash] }) else { return nil }
        // Counted before the record is looked at: a change in between is looked for again the next time.
        let changes = transaction.changeCount
        if found.changes == changes { return found.holder }
        guard Self.isCurrent(found.holder, found.revision, transaction) else { return nil }
        known.withLock { known in
            if known[hash]?.revision == found.revision { known[hash]?.changes = changes }
        }
        return found.holder
    }

    /// Keeps a holder in place of an older one, unless it is not as of the newest commit.
    ///
    /// - Parameter changes: how many changes the store had seen before the holder's records were read.
    func keep(
        _ holder: TokenHolder, _ hash: [UInt8], _ revision: Revision, _ transaction: Transaction, changes: UInt64
    ) {
        // The transaction may have read some of them earlier, before it had to wait for others.
        guard Self.isCurrent(holder, revision, transaction) else { return }
        known.withLock { known in
            if let older = known[hash], older.revision > revision || older.changes > changes { return }
            if known.count >= Self.limit { known.removeAll() }
            known[hash] = Known(revision: revision, holder: holder, changes: changes)
        }
    }

    private static func isCurrent(_ holder: TokenHolder, _ revision: Revision, _ transaction: Transaction) -> Bool {
        transaction.revisionAtHand(TokenRecords.token(holder.key)) == revision
            && holder.ancestry.isCurrent(transaction)
    }
}
