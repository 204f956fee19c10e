package import EngineKit
package import Notation

/// A token that a request came with, as the server knows it: what is stored of it, ready for use.
package final class TokenHolder: Sendable {
    /// The key of the token's record; empty for batch tokens.
    package let key: [UInt8]
    /// The token's entry.
    package let entry: TokenEntry
    /// Whether the token holds the `root` policy.
    package let isRoot: Bool

    /// The token's parents, with which it ends.
    let ancestry: Ancestry

    /// The token's policies as one string of bytes; see `PolicyNames.key`.
    package let policyKey: [UInt8]

    /// Makes a holder of an entry whose parents nobody asks for.
    package convenience init(key: String, entry: TokenEntry) {
        self.init(key: key, entry: entry, ancestry: .none)
    }

    /// Makes a holder of an entry.
    init(key: String, entry: TokenEntry, ancestry: Ancestry) {
        self.key = Array(key.utf8)
        self.entry = entry
        self.ancestry = ancestry
        isRoot = entry.isRoot
        policyKey = PolicyNames.key(of: entry.policies)
    }

    /// Whether the token works at a time: it is alive itself, and so are all its parents.
    package func isAlive(at now: Timestamp) -> Bool { entry.isAlive(at: now) && ancestry.isAlive(at: now) }

    /// The caller as engines see it.
    ///
    /// - Parameters:
    ///   - token: the token's bytes.
    ///   - remoteAddress: the client's address.
    package func caller(_ token: [UInt8], remoteAddress: String) -> Caller {
        Caller(
            token: token, tokenKey: key, accessor: entry.accessor, tokenType: entry.type,
            displayName: entry.displayName, policies: entry.policies, entityID: entry.entityID,
            metadata: entry.metadata ?? [], isRoot: isRoot, remoteAddress: remoteAddress)
    }
}
