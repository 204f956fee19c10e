package import EngineKit

/// A token that a request came with, as the server knows it: what is stored of it, ready for use.
package final class TokenHolder: Sendable {
    /// The key of the token's record; empty for batch tokens.
    package let key: [UInt8]
    /// The token's entry.
    package let entry: TokenEntry
    /// Whether the token holds the `root` policy.
    package let isRoot: Bool

    /// The token's policies as one string of bytes; see `PolicyNames.key`.
    package let policyKey: [UInt8]

    /// Makes a holder of an entry.
    package init(key: String, entry: TokenEntry) {
        self.key = Array(key.utf8)
        self.entry = entry
        isRoot = entry.isRoot
        policyKey = PolicyNames.key(of: entry.policies)
    }

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
