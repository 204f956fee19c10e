package import EngineKit
package import Notation

/// A token as a lease: what it is called there, and which token a name stands for.
///
///     <path that made the token>/<key of its record>
///
/// The key is a keyed hash, as good as random to everybody, and names the token for as long as it lives. A token
/// that never expires has no lease.
package struct TokenLease: Sendable {
    /// The key of the token's record.
    package let key: String
    /// The token.
    package let entry: TokenEntry

    /// How many digits the key of a record has.
    private static let keyLength = 64

    /// The lease of a token; `nil` when it has none, or is not alive any more.
    package init?(_ key: String, _ entry: TokenEntry, at now: Timestamp) {
        guard entry.expiry != .never, entry.isAlive(at: now) else { return nil }
        self.key = key
        self.entry = entry
    }

    /// The lease's name.
    package var id: [UInt8] { Array(entry.path.utf8) + [UInt8(ascii: "/")] + key.utf8 }

    /// The lease with a name; `nil` when there is none.
    package static func find(
        _ id: [UInt8], in tokens: TokenStore, _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) -> TokenLease? {
        guard let slash = id.lastIndex(of: UInt8(ascii: "/")), id.count - slash - 1 == keyLength else { return nil }
        let key = String(decoding: id[(slash + 1)...], as: UTF8.self)
        guard let entry = try tokens.entry(key, transaction), let lease = TokenLease(key, entry, at: now),
            lease.id == id
        else { return nil }
        return lease
    }

    /// The next part of the lease's name below a prefix, with a slash when more follows; `nil` when it is not below.
    ///
    /// - Parameter prefix: empty, or with a slash at its end.
    package func name(below prefix: [UInt8]) -> [UInt8]? {
        let id = id
        guard id.starts(with: prefix) else { return nil }
        let rest = id.dropFirst(prefix.count)
        return Array(rest.firstIndex(of: UInt8(ascii: "/")).map { rest[...$0] } ?? rest)
    }
}
