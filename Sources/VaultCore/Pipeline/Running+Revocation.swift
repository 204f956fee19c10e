import EngineKit
import Identity

/// Revocation of tokens by the hundred: in commits of a bounded size, each of which others may come between.
extension Running {
    /// How many tokens are looked at, at a time.
    private static let tokensAtOnce = 500

    /// How many tokens one commit ends, beside what came of them.
    private static let revokedAtOnce = 200

    /// Removes what revocations have left that were too large for one commit.
    func finishRevocations() async throws(EngineError) {
        while try await transactor.run({ transaction throws(EngineError) in
            try tokens.continueRevocation(transaction)
        }).answer {}
    }

    /// Revokes tokens, with what came of them.
    ///
    /// - Parameters:
    ///   - condition: which ones.
    ///   - pause: called after each commit; it says whether to go on.
    func revokeTokens(
        where condition: @escaping @Sendable (TokenEntry) -> Bool, pause: () async -> Bool = { true }
    ) async throws(EngineError) {
        try await forEachPageOfTokens { page throws(EngineError) in
            let keys = page.filter { condition($0.entry) }.map(\.key)
            for start in stride(from: 0, to: keys.count, by: Self.revokedAtOnce) {
                let some = Array(keys[start...].prefix(Self.revokedAtOnce))
                _ = try await transactor.run { transaction throws(EngineError) in
                    // One may have been renewed since it was looked at.
                    let still = try tokens.entries(some, transaction).filter { condition($0.entry) }.map(\.key)
                    try tokens.revokeTrees(still, transaction)
                }
                try await finishRevocations()
                guard await pause() else { return false }
            }
            return true
        }
    }

    /// Looks at all tokens, page by page; each page is as of its own time.
    ///
    /// - Parameter body: takes a page, and says whether to go on.
    func forEachPageOfTokens(
        _ body: ([(key: String, entry: TokenEntry)]) async throws(EngineError) -> Bool
    ) async throws(EngineError) {
        var after: [UInt8]?
        while true {
            let listing = Listing(of: Folder(.system, TokenRecords.token, []), after: after, limit: Self.tokensAtOnce)
            let (names, page) = try await transactor.run { transaction throws(EngineError) in
                let names = try transaction.list(listing)
                let keys = names.names.map { String(decoding: $0, as: UTF8.self) }
                return (names, try tokens.entries(keys, transaction))
            }.answer
            guard try await body(page), names.isTruncated, let last = names.names.last else { return }
            after = last
        }
    }
}
