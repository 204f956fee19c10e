import EngineKit
import Identity
import Notation

extension Vault {
    /// How many tokens one step of the sweep looks at.
    private static let sweepPage = 1_000

    /// Revokes tokens that have expired, with their descendants and their private records.
    package func removeExpiredTokens() async {
        guard let running else { return }
        var after: [UInt8]?
        while true {
            let now = Timestamp.now()
            let listing = Listing(
                of: Folder(.system, TokenRecords.token, []), after: after, limit: Self.sweepPage)
            do throws(EngineError) {
                let page = try await running.transactor.run { transaction throws(EngineError) in
                    let page = try transaction.list(listing)
                    try transaction.need(page.names.map { StoreKey(.system, TokenRecords.token, $0) })
                    for name in page.names {
                        let key = String(decoding: name, as: UTF8.self)
                        // A token without uses left may be at its last one; the request revokes it, or its expiry.
                        guard let entry = try running.tokens.entry(key, transaction), !entry.isAlive(at: now) else {
                            continue
                        }
                        try running.tokens.revokeTree(key, transaction)
                    }
                    return page
                }.answer
                guard page.isTruncated, let last = page.names.last else { return }
                after = last
            } catch {
                log("expired tokens could not be removed", [("reason", error.auditText)])
                return
            }
        }
    }
}
