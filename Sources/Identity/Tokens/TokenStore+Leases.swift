package import EngineKit
package import Notation

/// Leases of other things than tokens: each is a token that nobody holds, a child of the one it was given to.
///
/// So a lease ends when its time is over, when it is revoked by its name, and with the token it was given to.
extension TokenStore {
    /// Gives a token a lease.
    ///
    /// - Parameters:
    ///   - holder: whose it is.
    ///   - seconds: for how long.
    ///   - longest: how long it can become by renewals, in seconds.
    ///   - path: the path that gives it, which the lease's name begins with.
    /// - Throws: `EngineError.invalid` for batch tokens, which have nothing of their own.
    package func lease(
        to holder: TokenHolder, seconds: Int, longest: Int, path: String, _ transaction: Transaction, now: Timestamp,
        random: any RandomSource
    ) throws(EngineError) -> Lease {
        guard !holder.key.isEmpty else { throw .invalid("batch tokens cannot have leases of their own") }
        var entry = TokenEntry()
        entry.isLease = true
        entry.path = path
        entry.parent = String(decoding: holder.key, as: UTF8.self)
        entry.displayName = holder.entry.displayName
        entry.creationTime = now
        entry.creationTTL = seconds
        entry.explicitMaxTTL = longest
        entry.isRenewable = true
        var end = now.adding(seconds: seconds)
        // It is gone with its token anyway; so its end is told as it will be.
        if case .at(let last) = holder.entry.expiry, last < end { end = last }
        entry.expiry = .at(end)
        let made = try create(entry, transaction, random: random)
        let key = try key(of: Array(made.token.utf8))
        guard let id = TokenLease(key, made.entry, at: now)?.id else {
            throw .invalid("the token's own life is over before the lease begins")
        }
        return Lease(
            id: String(decoding: id, as: UTF8.self), key: key, end: end, seconds: end.secondsRoundedUp(since: now))
    }

    /// Renews a lease of something else than a token.
    ///
    /// - Parameters:
    ///   - increment: for how many seconds from now; `nil` for as long as it was given for.
    /// - Returns: the seconds it has now.
    package func renew(
        _ lease: TokenLease, increment: Int?, _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) -> Int {
        var entry = lease.entry
        var end = now.adding(seconds: increment.map { $0 > 0 ? $0 : entry.creationTTL } ?? entry.creationTTL)
        let last = entry.creationTime.adding(seconds: entry.explicitMaxTTL)
        if last < end { end = last }
        if let parent = try self.entry(entry.parent, transaction), case .at(let last) = parent.expiry, last < end {
            end = last
        }
        entry.expiry = .at(end)
        entry.lastRenewal = now
        update(lease.key, entry, transaction)
        return end.secondsRoundedUp(since: now)
    }
}
