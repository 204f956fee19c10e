package import EngineKit
package import Notation

/// A request to the vault, free of HTTP: what was asked, of which path, with which token.
package struct VaultRequest: Sendable {
    /// The verb's meaning before it is known whether a write creates or updates.
    package enum Verb: Sendable {
        /// Read a path.
        case read
        /// Create or update a path.
        case write
        /// Change a part of a path.
        case patch
        /// Remove a path.
        case delete
        /// List one level of names.
        case list
        /// List all names below.
        case scan
        /// Describe a path.
        case help
    }

    /// A protocol by which requests come; each has its own words for what went wrong.
    package enum Door: Sendable {
        /// Vault's API.
        case vault
        /// The endpoints for administrators and applications below `/api/v1/`.
        case application
        /// Spring Cloud Config's, for reading.
        case spring
        /// Consul's key-value store, for reading.
        case consul
    }

    /// The identifier of the request: a version 4 UUID.
    package var id: String
    /// What is asked.
    package var verb: Verb
    /// The canonical path, without `/v1/`.
    package var path: RequestPath
    /// The client's token; `nil` when none was sent.
    package var token: ClientToken?
    /// The text of the body, JSON or a form; empty when there was none.
    package var body: [UInt8]
    /// Whether the client said that the body is a form; it is one unless it begins as JSON does.
    package var claimsForm = false
    /// The query's names and values in order, for verbs that take their input from it.
    package var query: [(name: String, value: String)]
    /// For how many seconds the answer is to be wrapped; `nil` for no wrapping.
    package var wrapTTL: Int?
    /// The client's address without its port.
    package var remoteAddress: String
    /// The client's port.
    package var remotePort: Int
    /// Header fields that audit devices were asked to log, lower-case names.
    package var auditedHeaders: [(name: String, value: String)]
    /// The entity tags the client knows (`If-None-Match`); `nil` when it did not say.
    package var knownTags: String?
    /// The last event that the client saw of a stream (`Last-Event-ID`); `nil` when it did not say.
    package var lastEvent: String?
    /// Which instance of a service asks (`X-Pulse-Instance`); `nil` when it did not say.
    package var instance: String?
    /// When the request came in, when it is asked again after waiting; `nil` the first time.
    package var arrived: Timestamp?
    /// The protocol that the request came by.
    package var door = Door.vault
    /// Set when the request came by a protocol that does not name the environment it evaluates flags in; `path` is
    /// then the mount's, and the pipeline completes it.
    package var evaluation: EvaluationDoor?

    /// Makes a request.
    package init(
        id: String, verb: Verb, path: RequestPath, token: ClientToken? = nil, body: [UInt8] = [],
        query: [(name: String, value: String)] = [], wrapTTL: Int? = nil, remoteAddress: String = "",
        remotePort: Int = 0, auditedHeaders: [(name: String, value: String)] = []
    ) {
        self.id = id
        self.verb = verb
        self.path = path
        self.token = token
        self.body = body
        self.query = query
        self.wrapTTL = wrapTTL
        self.remoteAddress = remoteAddress
        self.remotePort = remotePort
        self.auditedHeaders = auditedHeaders
    }
}

/// A token as a client sent it.
///
/// It has no description and no equality: it is only ever hashed.
package struct ClientToken: Sendable {
    /// The token's bytes.
    package let bytes: [UInt8]

    /// Takes a token from a header.
    package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
}

/// An answer of the vault, ready to be sent.
package struct VaultResponse: Sendable {
    /// The HTTP status.
    package var status: UInt16
    /// The media type; `nil` when there is no body.
    package var contentType: String?
    /// The body.
    package var body: [UInt8]
    /// The entity tag, quotes included; `nil` for none.
    package var entityTag: String?
    /// The number after which the next page of a listing begins; `nil` when there is none, or the body says it.
    package var nextPage: UInt64?
    /// The number to wait from, for clients that ask again when something has changed; `nil` where the body says it.
    package var index: UInt64?
    /// The origin whose pages may read the answer; `nil` when nothing is said about that.
    package var allowedOrigin: String?
    /// The header fields that pages may send; for answers to a browser that asks beforehand.
    package var allowedHeaders: [String]?
    /// Set when the answer goes on: `body` is empty, and `Vault.events(of:)` gives what to send.
    package var events: EventStream?
    /// Set when there is nothing to answer yet: the request is to be asked again when the stream has told something, or
    /// at the time.
    package var pause: (stream: EventStream, until: Timestamp)?
    /// What is wrong, when the body is Vault's error shape: for doors that say it in another.
    package var errors: [String]?
    /// Whether the request was refused for want of a living token, whatever the status says.
    package var lacksToken = false
    /// What the path knows, when it does not know what was asked.
    package var supported: [Operation]?
    /// The methods that the target knows; `nil` when nothing is said about that.
    package var allowedMethods: [String]?
    /// What the request does not fit, when that is why it was refused.
    package var mismatch: EngineError.Mismatch?

    /// Makes an answer.
    package init(status: UInt16, contentType: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
