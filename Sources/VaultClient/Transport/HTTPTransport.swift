internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Carries messages over HTTP/1.1, by AsyncHTTPClient. Its connections are closed with the last reference.
final class HTTPTransport: Transport, Sendable {
    /// The largest answer kept in memory, in bytes: twice the largest request servers accept by default.
    static let largestResponse = 64 * 1024 * 1024

    private let client: HTTPClient
    /// The server's own `https://host:port` and the same with the expected TLS name, when one is configured.
    private let renaming: (origin: String, authority: String, renamed: String)?

    /// Makes a transport with its own connection pool.
    ///
    /// - Parameter configuration: address and TLS settings.
    /// - Throws: ``VaultError`` with code ``VaultError/Code/configuration`` when a TLS file is unusable.
    init(_ configuration: Vault.Configuration) throws(VaultError) {
        let address = try ServerAddress(configuration.address)
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.httpVersion = .http1Only
        // A refused connection is reported at once instead of being tried until the time is up.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.timeout.connect = .seconds(10)
        if address.scheme.utf8.elementsEqual("https".utf8) {
            settings.tlsConfiguration = try configuration.security.tlsConfiguration()
        }
        renaming = configuration.security.serverName.map {
            ("https://" + address.authority, address.authority, "https://" + $0 + address.port)
        }
        if let serverName = configuration.security.serverName {
            // The pool takes the TLS name from the URL's host: name the host so, and connect to the address.
            settings.dnsOverride = [serverName: address.host]
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    deinit {
        // The client wants to be told before it goes; it stays alive by itself until its connections are closed.
        _ = client.shutdown() as EventLoopFuture<Void>
    }

    func exchange(_ message: WireMessage, receiver: BodyReceiver?) async throws(VaultError) -> VaultResponse {
        do {
            let response = try await client.execute(
                try request(for: message), timeout: TimeAmount(message.timeout))
            let headers = response.headers.map { (name: $0.name, value: $0.value) }
            let status = Int(response.status.code)
            guard let receiver, status < 300 else {
                let body = try await response.body.collect(upTo: Self.largestResponse)
                return VaultResponse(status: status, headers: headers, body: Array(body.readableBytesView))
            }
            for try await part in response.body {
                try receiver(Array(part.readableBytesView))
            }
            return VaultResponse(status: status, headers: headers, body: [])
        } catch {
            throw VaultError(connecting: message, error)
        }
    }

    func shutdown() async {
        // Nothing can be done about a connection that does not close.
        try? await client.shutdown()
    }

    private func request(for message: WireMessage) throws(VaultError) -> HTTPClientRequest {
        var url = message.url
        var headers = message.headers
        // A redirect to another host is left alone: the configured name is this server's.
        if let renaming, url.utf8.starts(with: (renaming.origin + "/").utf8) {
            headers.append((name: "Host", value: renaming.authority))
            url = renaming.renamed + String(decoding: url.utf8.dropFirst(renaming.origin.utf8.count), as: UTF8.self)
        }
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: message.method)
        request.headers = HTTPHeaders(headers.map { ($0.name, $0.value) })
        switch message.body {
        case .bytes(let bytes): request.body = .bytes(bytes)
        case .file(let path, let size): request.body = .stream(FileParts(path: path), length: .known(size))
        case nil: break
        }
        return request
    }
}
