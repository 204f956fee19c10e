package import Notation

/// One request to a server, without the parts that are the same for all requests of a client.
public struct VaultRequest: Sendable {
    /// What is done with the path.
    public enum Method: String, Sendable {
        /// Read, and list with the query `list=true`.
        case get = "GET"
        /// Create, where the API distinguishes it from writing.
        case post = "POST"
        /// Write.
        case put = "PUT"
        /// Change some fields and keep the others.
        case patch = "PATCH"
        /// Delete.
        case delete = "DELETE"
        /// Ask for the status alone.
        case head = "HEAD"
    }

    /// What is sent with a request.
    public enum Body: Sendable {
        /// Bytes held in memory.
        case bytes([UInt8])
        /// A file sent part by part, and its size in bytes.
        case file(path: String, size: Int64)
    }

    /// What is done with the path.
    public var method: Method
    /// The path below `/v1/`, not percent-encoded.
    public var path: String
    /// The query in order, not percent-encoded.
    public var query: [(name: String, value: String)]
    /// What is sent, if anything.
    public var body: Body?
    /// Headers of this request alone.
    public var headers: [(name: String, value: String)]

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - method: what is done with the path.
    ///   - path: the path below `/v1/`, not percent-encoded.
    ///   - query: the query in order.
    ///   - body: what is sent.
    ///   - headers: headers of this request alone.
    public init(
        _ method: Method, _ path: String, query: [(name: String, value: String)] = [], body: Body? = nil,
        headers: [(name: String, value: String)] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.headers = headers
    }

    /// Makes a request that sends JSON.
    ///
    /// - Parameters:
    ///   - method: what is done with the path.
    ///   - path: the path below `/v1/`, not percent-encoded.
    ///   - query: the query in order.
    ///   - json: the value sent as the body.
    package init(
        _ method: Method, _ path: String, query: [(name: String, value: String)] = [], json: JSON
    ) {
        self.init(method, path, query: query, body: .bytes(json.serialized()))
    }
}

extension VaultRequest {
    /// The media type of the body; `nil` without one. PATCH is a merge patch (RFC 7396), files are opaque.
    package var contentType: String? {
        switch (body, method) {
        case (nil, _): nil
        case (.file, _): "application/octet-stream"
        case (.bytes, .patch): "application/merge-patch+json"
        case (.bytes, _): "application/json"
        }
    }

    /// Whether the query asks for this enumeration (`list` or `scan`).
    ///
    /// - Parameter verb: the query's name.
    /// - Returns: whether it is there with the value `true`.
    package func asks(for verb: String) -> Bool {
        query.contains { $0.name.utf8.elementsEqual(verb.utf8) && $0.value.utf8.elementsEqual("true".utf8) }
    }
}
