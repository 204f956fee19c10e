package import EngineKit
package import Notation

/// The line of a token's parents, as far as they end by themselves: a token ends with the first of them that does.
package struct Ancestry: Sendable {
    /// When the first of them ends; `nil` when none does by itself.
    let end: Timestamp?
    /// The records of those that end by themselves, each with the commit that it was read of.
    let records: [(key: StoreKey, revision: Revision)]
    /// How many parents there are.
    let generations: Int

    /// The line of an orphan.
    static let none = Ancestry(end: nil, records: [], generations: 0)

    /// Whether all of them are alive at a time.
    func isAlive(at now: Timestamp) -> Bool { end.map { now < $0 } ?? true }

    /// Whether no newer commit has changed one of them, as far as it is at hand.
    func isCurrent(_ transaction: Transaction) -> Bool {
        records.allSatisfy { transaction.revisionAtHand($0.key) == $0.revision }
    }
}

extension TokenStore {
    /// How many generations a new token may have above it: whoever looks at the token may have to look at them all.
    static let generationLimit = 256

    /// The line of a token's parents; `nil` when one of them is gone, so that the token is about to be removed too.
    func ancestry(of entry: TokenEntry, _ transaction: Transaction) throws(EngineError) -> Ancestry? {
        var end: Timestamp?
        var records: [(key: StoreKey, revision: Revision)] = []
        var generations = 0
        var child = entry
        while !child.isOrphan {
            let key = TokenRecords.token(child.parent)
            guard let parent = try self.entry(child.parent, transaction),
                let revision = try transaction.stored(key)?.revision
            else { return nil }
            switch parent.expiry {
            case .never:
                guard parent.isRoot else { return nil }
            case .at(let time):
                end = min(end ?? time, time)
                records.append((key, revision))
            }
            generations += 1
            child = parent
        }
        return Ancestry(end: end, records: records, generations: generations)
    }

    /// Whether a token works at a time: it is alive itself, and so are all its parents.
    ///
    /// The sweep removes what has ended, but only now and then.
    package func isInForce(
        _ entry: TokenEntry, _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) -> Bool {
        guard entry.isAlive(at: now) else { return false }
        return try ancestry(of: entry, transaction)?.isAlive(at: now) ?? false
    }

    /// Refuses a token to have children when there are too many generations above it already.
    func checkGenerations(above entry: TokenEntry, _ transaction: Transaction) throws(EngineError) {
        guard let ancestry = try ancestry(of: entry, transaction), ancestry.generations <= Self.generationLimit else {
            throw .invalid("a token cannot have more than \(Self.generationLimit) generations above it")
        }
    }
}
