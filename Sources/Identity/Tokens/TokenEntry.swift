package import EngineKit
package import Notation

/// What the server knows of a token. It holds neither the token nor anything the token could be made from.
package struct TokenEntry: Sendable {
    /// When a token stops working by itself.
    package enum Expiry: Sendable, Equatable {
        /// Never; only tokens with the `root` policy can have this.
        case never
        /// At this time and ever after.
        case at(Timestamp)
    }

    /// The kind of token.
    package var type: Caller.TokenType = .service
    /// The accessor; empty for batch tokens.
    package var accessor = ""
    /// The hexadecimal key of the parent's record; empty for orphans.
    package var parent = ""
    /// The token's policies, sorted.
    package var policies: [String] = []
    /// The path that made the token, such as `auth/token/create`.
    package var path = ""
    /// The name for audit entries.
    package var displayName = ""
    /// What the creator or auth method noted; `nil` is JSON `null`.
    package var metadata: [(name: String, value: String)]?
    /// How many more uses the token has; `nil` for no limit. 0 means that its last use is under way or over.
    package var remainingUses: Int?
    /// When it was made.
    package var creationTime = Timestamp(seconds: 0)
    /// The time to live it was made with, in seconds; 0 for none.
    package var creationTTL = 0
    /// When it stops working.
    package var expiry = Expiry.never
    /// The longest life from creation in seconds, whatever is renewed; 0 for none.
    package var explicitMaxTTL = 0
    /// For periodic tokens the seconds that each renewal grants; 0 otherwise.
    package var period = 0
    /// Whether it may be renewed.
    package var isRenewable = false
    /// When it was last renewed.
    package var lastRenewal: Timestamp?
    /// The networks (CIDR) from which it may be used; empty for all.
    package var boundCIDRs: [String] = []
    /// The token role it was made with; empty for none.
    package var role = ""
    /// The identity entity; empty for none.
    package var entityID = ""

    /// Whether it is nobody's token, and stands for a lease of something else.
    package var isLease = false

    /// Makes an entry; callers fill in what differs.
    package init() {}

    /// The entry of a root token that comes out of nothing: of an initialisation, or of holders of shares.
    package static func root(createdAt time: Timestamp) -> TokenEntry {
        var entry = TokenEntry()
        entry.policies = ["root"]
        entry.path = "auth/token/root"
        entry.displayName = "root"
        entry.creationTime = time
        return entry
    }

    /// Whether the token has no parent.
    package var isOrphan: Bool { parent.utf8.isEmpty }

    /// Whether the token holds the `root` policy.
    package var isRoot: Bool { policies.contains { $0.utf8.elementsEqual("root".utf8) } }

    /// Whether the token stands for one answer.
    package var isWrapping: Bool { PolicyNames.contains(policies, TokenStore.wrappingPolicy) }

    /// Whether a request may begin with the token, as far as its limit of uses goes.
    package var hasUsesLeft: Bool { remainingUses != 0 }

    /// Whether the token exists for others at a time. A token on its last use does: that use is still under way.
    package func isAlive(at now: Timestamp) -> Bool {
        switch expiry {
        case .never: return isRoot
        case .at(let time): return now < time
        }
    }

    /// The whole seconds left at a time, rounded up; 0 for a token that never expires.
    package func remainingSeconds(at now: Timestamp) -> Int {
        guard case .at(let time) = expiry, now < time else { return 0 }
        return time.secondsRoundedUp(since: now)
    }
}
