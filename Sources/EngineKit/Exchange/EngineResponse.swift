package import Notation

/// What an engine answers; the pipeline puts it into Vault's envelope.
package struct EngineResponse: Sendable {
    /// What goes under `data`, or instead of the envelope.
    package enum Body: Sendable {
        /// Nothing: 204, unless there are warnings or an `auth` block.
        case none
        /// The envelope's `data` object.
        case data(JSONObject)
        /// The envelope's `data` as JSON text that is known to be well-formed.
        case rendered([UInt8])
        /// The names of a listing: `data.keys`; 404 when there are none.
        case names([[UInt8]])
        /// A whole body without the envelope.
        case raw(contentType: String, [UInt8])
        /// Events, one after another, as they happen.
        case events(EventStream)
        /// Nothing yet: the request is to be served again once the stream has told something, or at the time.
        case later(EventStream, Timestamp)
    }

    /// The HTTP status, where it is not the usual 200 or 204.
    package var status: UInt16?
    /// The body.
    package var body: Body
    /// Warnings for the envelope.
    package var warnings: [String]
    /// A token that the request made or renewed.
    @Seldom package var auth: AuthGrant?
    /// Seconds for the envelope's `lease_duration`.
    package var leaseDuration: Int
    /// The name of the lease that goes with the answer; empty for none.
    package var leaseID = ""
    /// Whether that lease can be renewed.
    package var isRenewable = false
    /// Whether the members of `data` are repeated at the top level, as a few `sys/` paths do for old clients.
    package var repeatsDataAtTop: Bool
    /// The token that stands for the answer; with it, nothing else of the answer goes to the client.
    @Seldom package var wrapInfo: WrapInfo?
    /// The entity tag of the answer (RFC 9110, section 8.8.3), quotes included; `nil` for none.
    package var entityTag: String?
    /// The number after which the next page begins, for answers whose body has no place for it; `nil` on the last page.
    package var nextPage: UInt64?
    /// The number to wait from, for clients that ask again when something has changed; `nil` where the body says it.
    package var index: UInt64?
    /// What the request does not fit, where a refusal has more to say than an error can.
    package var mismatch: EngineError.Mismatch?

    /// Makes an answer.
    package init(
        _ body: Body = .none, status: UInt16? = nil, warnings: [String] = [], auth: AuthGrant? = nil,
        leaseDuration: Int = 0, repeatsDataAtTop: Bool = false, wrapInfo: WrapInfo? = nil
    ) {
        self.body = body
        self.status = status
        self.warnings = warnings
        _auth = Seldom(wrappedValue: auth)
        self.leaseDuration = leaseDuration
        self.repeatsDataAtTop = repeatsDataAtTop
        _wrapInfo = Seldom(wrappedValue: wrapInfo)
    }

    /// Success with nothing to say: 204.
    package static let noContent = EngineResponse()

    /// Success with data.
    package static func data(_ object: JSONObject) -> EngineResponse { EngineResponse(.data(object)) }

    /// Success with a listing.
    package static func names(_ names: [[UInt8]]) -> EngineResponse { EngineResponse(.names(names)) }

    /// The members of the answer's data, when there are any; for those who ask other paths.
    package var dataObject: JSONObject? {
        switch body {
        case .data(let object): object
        case .rendered(let bytes), .raw(_, let bytes): (try? JSON(parsing: bytes, limits: .stored))?.objectValue
        case .none, .names, .events, .later: nil
        }
    }

    /// Success with JSON that stands alone, without the envelope.
    package static func raw(_ object: JSONObject, status: UInt16? = nil) -> EngineResponse {
        EngineResponse(.raw(contentType: "application/json", JSON.object(object).serialized()), status: status)
    }
}

/// The `auth` block: a token that was made or renewed.
package struct AuthGrant: Sendable {
    /// The token itself. It leaves the server in this answer only.
    package var clientToken: String
    /// The token's accessor; empty for batch tokens.
    package var accessor: String
    /// All policies, sorted.
    package var policies: [String]
    /// The policies that come from the token itself, sorted.
    package var tokenPolicies: [String]
    /// The policies that come from identity, sorted.
    package var identityPolicies: [String]
    /// What the auth method tells about the login; `nil` is JSON `null`.
    package var metadata: [(name: String, value: String)]?
    /// Remaining seconds; 0 for a token that never expires.
    package var leaseDuration: Int
    /// Whether the token may be renewed.
    package var isRenewable: Bool
    /// The entity behind the token.
    package var entityID: String
    /// The kind of token.
    package var tokenType: Caller.TokenType
    /// Whether the token has no parent.
    package var isOrphan: Bool
    /// How many uses are left; 0 for no limit.
    package var numUses: Int
    /// The name shown in audit entries.
    package var displayName: String

    /// Describes a token that was made or renewed.
    package init(
        clientToken: String, accessor: String, policies: [String], tokenPolicies: [String],
        identityPolicies: [String] = [], metadata: [(name: String, value: String)]? = nil, leaseDuration: Int,
        isRenewable: Bool, entityID: String = "", tokenType: Caller.TokenType = .service, isOrphan: Bool = false,
        numUses: Int = 0, displayName: String = ""
    ) {
        self.clientToken = clientToken
        self.accessor = accessor
        self.policies = policies
        self.tokenPolicies = tokenPolicies
        self.identityPolicies = identityPolicies
        self.metadata = metadata
        self.leaseDuration = leaseDuration
        self.isRenewable = isRenewable
        self.entityID = entityID
        self.tokenType = tokenType
        self.isOrphan = isOrphan
        self.numUses = numUses
        self.displayName = displayName
    }
}
