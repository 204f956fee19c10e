internal import Notation

/// Why a request had no good answer.
public struct VaultError: Error, Sendable {
    /// The kinds of failure. More may be added.
    public struct Code: Sendable, Hashable {
        private enum Kind { case refused, unreachable, timedOut, cancelled, configuration, malformed, oversized, local }
        private let kind: Kind

        /// The server answered with a status of 400 or above; see ``VaultError/status``.
        public static let refused = Code(kind: .refused)
        /// There was no connection, or it broke.
        public static let unreachable = Code(kind: .unreachable)
        /// The answer took longer than the configured time.
        public static let timedOut = Code(kind: .timedOut)
        /// The task was cancelled.
        public static let cancelled = Code(kind: .cancelled)
        /// The configuration cannot be used.
        public static let configuration = Code(kind: .configuration)
        /// The answer is not what the protocol allows.
        public static let malformed = Code(kind: .malformed)
        /// The answer is larger than a client accepts.
        public static let oversized = Code(kind: .oversized)
        /// A file on this machine could not be read or written.
        public static let local = Code(kind: .local)
    }

    /// The kind of failure.
    public let code: Code
    /// The request's method; empty when the failure came before a request.
    public let method: String
    /// The request's URL; empty when the failure came before a request.
    public let url: String
    /// The HTTP status; `nil` unless the server answered.
    public let status: Int?
    /// The server's messages; `nil` when the answer was not of the API's form.
    public let errors: [String]?
    /// The server's warnings.
    public let warnings: [String]
    /// What failed, for failures without an answer.
    public let reason: String
    /// The body of the answer.
    package let body: [UInt8]

    /// Makes a failure without an answer.
    ///
    /// - Parameters:
    ///   - code: the kind.
    ///   - reason: what failed; never a secret value.
    ///   - message: the message that failed, when there was one.
    package init(_ code: Code, _ reason: String, in message: WireMessage? = nil) {
        self.code = code
        self.method = message?.method ?? ""
        self.url = message?.url ?? ""
        self.status = nil
        self.errors = nil
        self.warnings = []
        self.reason = reason
        self.body = []
    }

    /// Makes a failure from an answer of 400 or above.
    ///
    /// - Parameters:
    ///   - message: the message refused.
    ///   - response: the answer.
    init(refusing message: WireMessage, _ response: VaultResponse) {
        // A body that is no JSON (a proxy's page) is shown as it is.
        let json = response.body.isEmpty ? Optional.none : try? response.json()
        self.code = .refused
        self.method = message.method
        self.url = message.url
        self.status = response.status
        self.errors = json?.objectValue.map { $0["errors"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        self.warnings = json?["warnings"]?.arrayValue?.compactMap(\.stringValue) ?? []
        self.reason = ""
        self.body = response.body
    }
}

extension VaultError: CustomStringConvertible {
    /// The failure in the form Vault's tools print it.
    public var description: String {
        guard let status else {
            return url.isEmpty ? reason : "\(method) \(url): \(reason)"
        }
        let head = "Error making API request.\n\nURL: \(method) \(url)\nCode: \(status)."
        guard let errors else { return head + " Raw Message:\n\n" + String(decoding: body, as: UTF8.self) }
        return head + " Errors:\n\n" + errors.map { "* " + $0 }.joined(separator: "\n")
    }
}
