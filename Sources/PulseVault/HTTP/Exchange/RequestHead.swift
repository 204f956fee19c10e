import HTTPTypes
import NIOHTTP1
import Notation
import VaultCore

/// The head of a request, in whichever form a lane has it.
protocol RequestHead {
    /// The method's name.
    var methodName: String { get }
    /// The request target: path and query as sent.
    var target: String { get }
    /// The values of a header field, in the order in which they were sent.
    func values(of field: HeaderField) -> [String]
}

extension RequestHead {
    /// The value of a header field; values that were sent apart are joined (RFC 9110, section 5.3).
    func value(of field: HeaderField) -> String? {
        let values = values(of: field)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// Whether the client named the one namespace there is; most name none.
    var namesRootNamespace: Bool {
        guard let name = value(of: .namespace) else { return false }
        return name.utf8.lazy.filter { $0 != UInt8(ascii: "/") }.elementsEqual("root".utf8)
    }
}

/// The name of a header field that the server reads, as both lanes need it.
struct HeaderField: Sendable {
    /// The name as it is written.
    let text: String
    /// The name in Hummingbird's form.
    let name: HTTPField.Name

    /// Takes a name; `nil` when it cannot be one.
    init?(_ text: String) {
        guard let name = HTTPField.Name(text) else { return nil }
        self.text = text
        self.name = name
    }

    private init(known text: String) {
        guard let field = HeaderField(text) else { preconditionFailure("not a field name") }
        self = field
    }

    static let allow = HeaderField(known: "Allow")
    static let allowedHeaders = HeaderField(known: "Access-Control-Allow-Headers")
    static let allowedMethods = HeaderField(known: "Access-Control-Allow-Methods")
    static let allowedOrigin = HeaderField(known: "Access-Control-Allow-Origin")
    static let apiKey = HeaderField(known: "X-API-Key")
    static let authorization = HeaderField(known: "Authorization")
    static let cacheControl = HeaderField(known: "Cache-Control")
    static let authenticate = HeaderField(known: "WWW-Authenticate")
    static let configToken = HeaderField(known: "X-Config-Token")
    static let connection = HeaderField(known: "Connection")
    static let consulIndex = HeaderField(known: "X-Consul-Index")
    static let consulToken = HeaderField(known: "X-Consul-Token")
    static let contentEncoding = HeaderField(known: "Content-Encoding")
    static let contentLength = HeaderField(known: "Content-Length")
    static let contentType = HeaderField(known: "Content-Type")
    static let entityTag = HeaderField(known: "ETag")
    static let nextPage = HeaderField(known: "X-Pulse-Next")
    static let environment = HeaderField(known: "X-PulseVault-Environment")
    static let host = HeaderField(known: "Host")
    static let ifNoneMatch = HeaderField(known: "If-None-Match")
    static let expect = HeaderField(known: "Expect")
    static let exposedHeaders = HeaderField(known: "Access-Control-Expose-Headers")
    static let instance = HeaderField(known: "X-Pulse-Instance")
    static let lastEvent = HeaderField(known: "Last-Event-ID")
    static let namespace = HeaderField(known: "X-Vault-Namespace")
    static let origin = HeaderField(known: "Origin")
    static let preflightAge = HeaderField(known: "Access-Control-Max-Age")
    static let requestedMethod = HeaderField(known: "Access-Control-Request-Method")
    static let retryAfter = HeaderField(known: "Retry-After")
    static let strictTransportSecurity = HeaderField(known: "Strict-Transport-Security")
    static let token = HeaderField(known: "X-Vault-Token")
    static let vary = HeaderField(known: "Vary")
    static let wrapTTL = HeaderField(known: "X-Vault-Wrap-TTL")
}

extension HTTPRequest: RequestHead {
    var methodName: String { method.rawValue }
    var target: String { path ?? "" }
    func values(of field: HeaderField) -> [String] {
        // Where Hummingbird keeps it.
        if field.name == HeaderField.host.name { return authority.map { [$0] } ?? [] }
        return headerFields[values: field.name]
    }
}

extension HTTPRequestHead: RequestHead {
    var methodName: String { method.rawValue }
    var target: String { uri }
    func values(of field: HeaderField) -> [String] {
        let values = headers[field.text]
        // RFC 9110, section 5.5: blanks around a value are not a part of it. The parser leaves tabs behind it.
        guard values.contains(where: { $0.utf8.last == UInt8(ascii: "\t") }) else { return values }
        return values.map { $0.trimmingASCIISpace() }
    }
}

extension VaultRequest {
    /// Notes the header fields that audit entries show.
    ///
    /// - Parameter names: the fields' names in lower case.
    mutating func note(_ names: [String], of head: some RequestHead) {
        for name in names {
            guard let field = HeaderField(name) else { continue }
            for value in head.values(of: field) { auditedHeaders.append((name, value)) }
        }
    }
}
