/// A server's address, checked once.
struct ServerAddress: Sendable {
    /// `http` or `https`.
    let scheme: String
    /// Host and port as written.
    let authority: String
    /// A path before `/v1/`, with a leading and without a trailing slash; often empty.
    let prefix: String

    /// Takes an address apart.
    ///
    /// - Parameter text: for example `https://vault.example:8200`.
    /// - Throws: ``VaultError`` with code ``VaultError/Code/configuration`` when it is not such an address.
    init(_ text: String) throws(VaultError) {
        let bytes = Array(text.utf8)
        guard let scheme = ["https", "http"].first(where: { bytes.starts(with: Array("\($0)://".utf8)) }) else {
            throw VaultError(.configuration, "the address must begin with http:// or https://")
        }
        let rest = bytes.dropFirst(scheme.utf8.count + 3)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        let path = rest.dropFirst(authority.count)
        let forbidden = rest.contains { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        guard !authority.isEmpty, !forbidden, !authority.contains(UInt8(ascii: "@")) else {
            throw VaultError(.configuration, "the address must be scheme, host and port, without user or query")
        }
        self.scheme = scheme
        self.authority = String(decoding: authority, as: UTF8.self)
        let end = path.lastIndex { $0 != UInt8(ascii: "/") }
        self.prefix = end.map { String(decoding: path[...$0], as: UTF8.self) } ?? ""
    }

    /// The host without port and brackets.
    var host: String {
        let bytes = authority.utf8
        if bytes.first == UInt8(ascii: "[") {
            return String(decoding: bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }, as: UTF8.self)
        }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    }

    /// The port with its colon, or nothing.
    var port: String {
        let name = authority.utf8.first == UInt8(ascii: "[") ? host.utf8.count + 2 : host.utf8.count
        return String(decoding: authority.utf8.dropFirst(name), as: UTF8.self)
    }

    /// The absolute URL of a request.
    ///
    /// - Parameter request: path and query.
    /// - Returns: the URL with everything percent-encoded that has to be.
    func url(of request: VaultRequest) -> String {
        let query = request.query.map {
            PercentEncoding.query.encode($0.name) + "=" + PercentEncoding.query.encode($0.value)
        }
        return "\(scheme)://\(authority)\(prefix)/v1/" + PercentEncoding.path.encode(request.path)
            + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}
