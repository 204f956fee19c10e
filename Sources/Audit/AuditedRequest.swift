package import EngineKit
package import Notation

/// What an audit entry tells of a request: who asked for what, and what the ACL said. Secrets in it are hashed by
/// each device before they are written.
package struct AuditedRequest: Sendable {
    /// The request's identifier.
    package var id: String
    /// When it was received.
    package var time: Timestamp
    /// What it asks for.
    package var operation: Operation
    /// The canonical path, without `/v1/`.
    package var path: [UInt8]
    /// The JSON text of the input's top-level object; empty for none.
    package var data: [UInt8] = []
    /// Who asked.
    package var caller: Caller
    /// The token's entry as far as audit shows it: remaining uses, seconds to live, when it was issued.
    package var token: AuditedToken?
    /// The mount that serves the path; `nil` when there is none.
    package var mount: MountContext?
    /// Whether the mount is an auth method.
    package var isAuthMount = false
    /// Whether the ACL allowed the request, and by which policies.
    package var isAllowed: Bool
    /// The policies that granted it.
    package var grantingPolicies: [String] = []
    /// For how many seconds the answer was asked to be wrapped.
    package var wrapTTL: Int?
    /// The client's port.
    package var remotePort: Int
    /// Header fields that the auditors asked for, lower-case names, and whether the value is hashed.
    package var headers: [(name: String, value: String, isHashed: Bool)]
    /// Top-level fields of the request that the mount shows in clear.
    package var clearRequestKeys: [String] = []
    /// Top-level fields of the response that the mount shows in clear.
    package var clearResponseKeys: [String] = []
    /// Why the request was refused; free of secrets.
    package var error: String?

    /// Makes an entry; callers set the rest.
    package init(
        id: String, time: Timestamp, operation: Operation, path: [UInt8], caller: Caller, isAllowed: Bool,
        remotePort: Int = 0, headers: [(name: String, value: String, isHashed: Bool)] = []
    ) {
        self.id = id
        self.time = time
        self.operation = operation
        self.path = path
        self.caller = caller
        self.isAllowed = isAllowed
        self.remotePort = remotePort
        self.headers = headers
    }
}

/// What audit shows of the caller's token besides its names.
package struct AuditedToken: Sendable {
    /// The uses that are left; 0 for no limit.
    package var numUses: Int
    /// The seconds to live the token was made with.
    package var ttl: Int
    /// When the token was made.
    package var issueTime: Timestamp

    /// Makes the description.
    package init(numUses: Int, ttl: Int, issueTime: Timestamp) {
        self.numUses = numUses
        self.ttl = ttl
        self.issueTime = issueTime
    }
}

/// What an audit entry tells of an answer.
package struct AuditedResponse: Sendable {
    /// The JSON text of the envelope's `data`, or of a whole body without envelope; empty for none.
    package var data: [UInt8] = []
    /// The token that was made or renewed.
    @Seldom package var auth: AuthGrant?
    /// The token that stands for the answer, when it was wrapped.
    @Seldom package var wrapInfo: WrapInfo?
    /// The warnings.
    package var warnings: [String] = []
    /// Why the request failed; free of secrets.
    package var error: String?

    /// Makes an empty description.
    package init() {}
}
