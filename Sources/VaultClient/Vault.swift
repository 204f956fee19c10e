internal import Notation

/// A client of one PulseVault, Vault or OpenBao server.
///
/// It sends requests, repeats those the server could not serve for the moment, follows one redirect to the active
/// node, and turns refusals into ``VaultError``. It holds a connection pool: make one and share it.
///
///     let vault = try Vault(configuration: .init(address: "https://vault.example:8200", token: token))
///     let response = try await vault.send(.init(.get, "secret/data/app"))
///     await vault.shutdown()
public struct Vault: Sendable {
    /// Where the server is and how to reach it.
    public let configuration: Configuration

    /// How long the transfer of a file may take: large ones take longer than any request, but none takes a day.
    private static let transferTimeout = Duration.seconds(86_400)

    private let address: ServerAddress
    private let transport: any Transport

    /// Makes a client with its own connection pool.
    ///
    /// - Parameter configuration: address, credentials, TLS and limits.
    /// - Throws: ``VaultError`` with code ``VaultError/Code/configuration`` when the address or a TLS file is unusable.
    public init(configuration: Configuration) throws(VaultError) {
        try self.init(configuration: configuration, transport: HTTPTransport(configuration))
    }

    /// Makes a client over a given transport.
    ///
    /// - Parameters:
    ///   - configuration: address, credentials and limits.
    ///   - transport: what carries the bytes.
    /// - Throws: ``VaultError`` with code ``VaultError/Code/configuration`` when the address is unusable.
    package init(configuration: Configuration, transport: any Transport) throws(VaultError) {
        self.configuration = configuration
        self.address = try ServerAddress(configuration.address)
        self.transport = transport
    }

    /// Sends a request and waits for its answer.
    ///
    /// - Parameter request: what to ask.
    /// - Returns: the answer, when its status is below 400.
    /// - Throws: ``VaultError``: ``VaultError/Code/refused`` with status and messages for other answers, and
    ///   the other codes when there was no answer.
    public func send(_ request: VaultRequest) async throws(VaultError) -> VaultResponse {
        try await deliver(request, receiver: nil)
    }

    /// Sends a request and passes the body of a successful answer on, part by part, as it arrives.
    ///
    /// - Parameters:
    ///   - request: what to ask.
    ///   - receiver: gets the parts in order; what it throws ends the transfer.
    /// - Returns: the answer with an empty body.
    /// - Throws: as ``send(_:)``, and what the receiver throws.
    public func download(
        _ request: VaultRequest, receiver: @escaping @Sendable ([UInt8]) throws(VaultError) -> Void
    ) async throws(VaultError) -> VaultResponse {
        try await deliver(request, receiver: receiver)
    }

    /// Sends a request for something that may not be there.
    ///
    /// A 404 that carries data or warnings (a deleted version, a wrong path) is an answer; any other 404 is absence.
    ///
    /// - Parameter request: what to ask.
    /// - Returns: the answer, or `nil` when the server says there is nothing.
    /// - Throws: as ``send(_:)`` for every status but 404.
    public func find(_ request: VaultRequest) async throws(VaultError) -> VaultResponse? {
        do throws(VaultError) {
            return try await send(request)
        } catch {
            guard error.status == 404 else { throw error }
            let response = VaultResponse(status: 404, headers: [], body: error.body)
            // A 404 with a body that is no JSON says nothing but "not found".
            guard let secret = try? Secret(response), secret.hasContent else { return nil }
            return response
        }
    }

    /// The address a request would be sent to, for error messages and dry runs.
    ///
    /// - Parameter request: the request.
    /// - Returns: the absolute URL with the path percent-encoded.
    public func url(of request: VaultRequest) -> String {
        address.url(of: request)
    }

    /// Closes the connections and waits for it; otherwise they are closed with the last copy of the client.
    ///
    /// The client must not be used afterwards.
    public func shutdown() async {
        await transport.shutdown()
    }
}

extension Vault {
    private func deliver(
        _ request: VaultRequest, receiver: BodyReceiver?
    ) async throws(VaultError) -> VaultResponse {
        let isTransfer = if case .file = request.body { true } else { receiver != nil }
        var message = WireMessage(
            method: request.method.rawValue, url: address.url(of: request),
            headers: try configuration.headers(for: request), body: request.body,
            timeout: isTransfer ? Self.transferTimeout : configuration.timeout)
        var retry = RetryPolicy(retries: configuration.retries, pause: configuration.retryPause)
        var mayRedirect = configuration.followsRedirect
        while true {
            let response = try await transport.exchange(message, receiver: receiver)
            if mayRedirect, let target = try response.redirectTarget(from: message) {
                mayRedirect = false
                message.url = target
                continue
            }
            if let pause = retry.pause(after: response.status) {
                try await rest(for: pause, message)
                continue
            }
            guard response.status < 400 else { throw VaultError(refusing: message, response) }
            return response
        }
    }

    private func rest(for pause: Duration, _ message: WireMessage) async throws(VaultError) {
        do {
            try await Task.sleep(for: pause)
        } catch {
            throw VaultError(.cancelled, "the wait before a repetition was cancelled", in: message)
        }
    }
}
