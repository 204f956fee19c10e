/// Who asks, as far as engines may know.
package struct Caller: Sendable {
    /// Whether a token is kept by the server or is itself the whole record.
    package enum TokenType: String, Sendable {
        /// Stored, renewable, has an accessor, can have children.
        case service
        /// Encrypted record handed to the client; not stored.
        case batch
    }

    /// The token as the client sent it; empty for an unauthenticated call. Only ever hashed, or echoed to its owner.
    package var token: [UInt8]
    /// The hexadecimal keyed hash under which the token is stored; empty for an unauthenticated call or a batch token.
    package var tokenKey: [UInt8]
    /// The token's accessor; empty for batch tokens and unauthenticated calls.
    package var accessor: String
    /// The kind of token; `nil` when the call is unauthenticated.
    package var tokenType: TokenType?
    /// The name shown in audit entries.
    package var displayName: String
    /// The names of the token's policies, sorted.
    package var policies: [String]
    /// The identity entity behind the token; empty when there is none.
    package var entityID: String
    /// What the token's maker noted with it.
    package var metadata: [(name: String, value: String)]
    /// Whether the token holds the `root` policy.
    package var isRoot: Bool
    /// Whether the deciding rule grants `sudo` on the requested path.
    package var hasSudo: Bool
    /// The client's address as text, without a port; empty when unknown.
    package var remoteAddress: String

    /// Describes a caller.
    package init(
        token: [UInt8] = [], tokenKey: [UInt8] = [], accessor: String = "", tokenType: TokenType? = nil,
        displayName: String = "",
        policies: [String] = [], entityID: String = "",
        metadata: [(name: String, value: String)] = [], isRoot: Bool = false, hasSudo: Bool = false,
        remoteAddress: String = ""
    ) {
        self.token = token
        self.tokenKey = tokenKey
        self.accessor = accessor
        self.tokenType = tokenType
        self.displayName = displayName
        self.policies = policies
        self.entityID = entityID
        self.metadata = metadata
        self.isRoot = isRoot
        self.hasSudo = hasSudo
        self.remoteAddress = remoteAddress
    }

    /// A value of the token's metadata; `nil` when its maker noted none under the name.
    package func metadata(_ name: String) -> String? {
        metadata.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// A call without a token.
    package static let unauthenticated = Caller()
}
