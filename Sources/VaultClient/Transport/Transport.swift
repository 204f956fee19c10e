/// Takes the parts of a body in order.
package typealias BodyReceiver = @Sendable ([UInt8]) throws(VaultError) -> Void

/// What carries messages to a server: HTTP in use, prepared answers in tests.
package protocol Transport: Sendable {
    /// Sends one message once and waits for its answer, whatever its status.
    ///
    /// - Parameters:
    ///   - message: what is sent.
    ///   - receiver: takes the body of an answer below 300 instead of the response; `nil` keeps it in the response.
    /// - Returns: the answer.
    /// - Throws: ``VaultError`` when there is no answer.
    func exchange(_ message: WireMessage, receiver: BodyReceiver?) async throws(VaultError) -> VaultResponse

    /// Closes the connections.
    func shutdown() async
}

/// One HTTP request, complete.
package struct WireMessage: Sendable {
    /// The HTTP method.
    package var method: String
    /// The absolute URL.
    package var url: String
    /// All headers but those of the connection.
    package var headers: [(name: String, value: String)]
    /// What is sent.
    package var body: VaultRequest.Body?
    /// How long the exchange may take.
    package var timeout: Duration
}
