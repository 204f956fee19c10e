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
    /// - Throws: at the end, after all others are revoked, when records of some are damaged.
    func revokeTokens(
        where condition: @escaping @Sendable (TokenEntry) -> Bool, pause: () async -> Bool = { true }
    ) async throws(EngineError) {
        var damage: EngineError?
        try await forEachPageOfTokens { page throws(EngineError) in
            let keys = page.filter { condition($0.entry) }.map(\.key)
            for start in stride(from: 0, to: keys.count, by: Self.revokedAtOnce) {
                let some = Array(keys[start...].prefix(Self.revokedAtOnce))
                _ = try await whatIsReadable(of: some, &damage) { keys, transaction throws(EngineError) -> [String] in
                    // One may have been renewed since it was looked at.
                    let still = try tokens.entries(keys, transaction).filter { condition($0.entry) }.map(\.key)
                    try tokens.revokeTrees(still, transaction)
                    return still
                }
                do throws(EngineError) {
                    try await finishRevocations()
                } catch .store(.corrupted(let row)) {
                    damage = .store(.corrupted(row))
                }
                guard await pause() else { return false }
            }
            return true
        }
        if let damage { throw damage }
    }

    /// Looks at all tokens, page by page; each page is as of its own time.
    ///
    /// - Parameter body: takes a page, and says whether to go on.
    /// - Throws: what `body` throws; and at the end, after all others were looked at, when records are damaged.
    func forEachPageOfTokens(
        _ body: ([(key: String, entry: TokenEntry)]) async throws(EngineError) -> Bool
    ) async throws(EngineError) {
        var damage: EngineError?
        var after: [UInt8]?
        while true {
            let listing = Listing(of: Folder(.system, TokenRecords.token, []), after: after, limit: Self.tokensAtOnce)
            let names = try await transactor.run { transaction throws(EngineError) in
                try transaction.list(listing)
            }.answer
            let keys = names.names.map { String(decoding: $0, as: UTF8.self) }
            let page = try await whatIsReadable(of: keys, &damage) { keys, transaction throws(EngineError) in
                try tokens.entries(keys, transaction)
            }
            guard try await body(page), names.isTruncated, let last = names.names.last else { break }
            after = last
        }
        if let damage { throw damage }
    }

    /// Runs a handler for tokens together; when records of some are damaged, for each token alone, so that one damaged
    /// record does not keep all others alive.
    private func whatIsReadable<Answer>(
        of keys: [String], _ damage: inout EngineError?,
        _ body: ([String], Transaction) throws(EngineError) -> [Answer]
    ) async throws(EngineError) -> [Answer] {
        do throws(EngineError) {
            return try await transactor.run { transaction throws(EngineError) in try body(keys, transaction) }.answer
        } catch .store(.corrupted(let row)) {
            guard keys.count > 1 else {
                damage = .store(.corrupted(row))
                return []
            }
        }
        var answers: [Answer] = []
        for key in keys { answers += try await whatIsReadable(of: [key], &damage, body) }
        return answers
    }
}
