package import EngineKit
package import Notation

/// Wrapping tokens: each stands for one answer, which is stored beside it and goes with it.
///
/// The token's own record says when the answer was wrapped, for how long, and for which path.
extension TokenStore {
    /// The policy that wrapping tokens have, and nothing else.
    package static let wrappingPolicy = "response-wrapping"

    /// An answer that waits to be unwrapped.
    package struct Wrapped: Sendable {
        /// The key of the wrapping token's record.
        package let key: String
        /// The wrapping token.
        package let entry: TokenEntry
        /// The answer's body, byte for byte as it would have been sent.
        package let body: [UInt8]
    }

    /// Stores an answer under a new wrapping token.
    ///
    /// - Parameters:
    ///   - body: the answer's body.
    ///   - path: the path that was asked.
    ///   - seconds: for how long the answer is kept.
    package func wrap(
        _ body: [UInt8], path: String, seconds: Int, _ transaction: Transaction, now: Timestamp,
        random: any RandomSource
    ) throws(EngineError) -> WrapInfo {
        var entry = TokenEntry()
        entry.policies = [Self.wrappingPolicy]
        entry.path = path
        entry.remainingUses = 1
        entry.creationTime = now
        entry.creationTTL = seconds
        entry.explicitMaxTTL = seconds
        entry.expiry = .at(now.adding(seconds: seconds))
        let made = try create(entry, transaction, random: random)
        transaction.insert(TokenRecords.wrapped(try key(of: Array(made.token.utf8))), body)
        return WrapInfo(
            token: made.token, accessor: made.entry.accessor, ttl: seconds, creationTime: now, creationPath: path)
    }

    /// The answer behind a wrapping token.
    ///
    /// - Parameter caller: who asks. A wrapping token that asks for itself has spent its one use by asking.
    /// - Returns: `nil` when the token is unknown, expired, used, or not a wrapping token.
    package func wrapped(
        by token: [UInt8], for caller: Caller, _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) -> Wrapped? {
        guard let found = try find(token, transaction, now: now), !found.key.utf8.isEmpty,
            found.entry.hasUsesLeft || found.key.utf8.elementsEqual(caller.tokenKey),
            let body = try transaction.get(TokenRecords.wrapped(found.key))
        else { return nil }
        return Wrapped(key: found.key, entry: found.entry, body: body)
    }
}
