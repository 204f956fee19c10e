extension Vault {
    /// Where the server is and how to reach it.
    public struct Configuration: Sendable {
        /// The server's address: `http` or `https`, host, optional port and path prefix.
        public var address: String
        /// The token sent as `X-Vault-Token`; `nil` sends none.
        public var token: String?
        /// The namespace sent as `X-Vault-Namespace`; `nil` sends none.
        public var namespace: String?
        /// How the server is authenticated and how this client authenticates itself.
        public var security: Security
        /// How long one attempt may take, from connecting to the last byte of the answer. 60 s by default; transfers
        /// of files have a day.
        public var timeout: Duration
        /// How often a request is repeated that was answered by 412 or by 5xx other than 501. 2 by default.
        public var retries: Int
        /// The shortest pause before a repetition; up to half of it is added at random. 1 s by default.
        public var retryPause: Duration
        /// Whether one redirect (a standby pointing at the active node) is followed. True by default.
        public var followsRedirect: Bool
        /// Headers added to every request.
        public var headers: [(name: String, value: String)]

        /// Makes a configuration; everything but the address has a default.
        ///
        /// - Parameters:
        ///   - address: the server's address.
        ///   - token: the token sent with each request.
        ///   - namespace: the namespace sent with each request.
        ///   - security: TLS settings.
        ///   - timeout: how long one attempt may take.
        ///   - retries: how often a request is repeated.
        ///   - retryPause: the shortest pause before a repetition.
        ///   - followsRedirect: whether one redirect is followed.
        ///   - headers: headers added to every request.
        public init(
            address: String = Configuration.defaultAddress, token: String? = nil, namespace: String? = nil,
            security: Security = Security(), timeout: Duration = .seconds(60), retries: Int = 2,
            retryPause: Duration = .seconds(1), followsRedirect: Bool = true,
            headers: [(name: String, value: String)] = []
        ) {
            self.address = address
            self.token = token
            self.namespace = namespace
            self.security = security
            self.timeout = timeout
            self.retries = retries
            self.retryPause = retryPause
            self.followsRedirect = followsRedirect
            self.headers = headers
        }

        /// The address used when none is given.
        public static let defaultAddress = "https://127.0.0.1:8200"
    }

    /// How a server proves who it is, and how this client does.
    public struct Security: Sendable {
        /// A PEM file of trusted certificate authorities; takes precedence over ``authorityText``.
        public var authorityFile: String?
        /// Trusted certificate authorities as PEM text; takes precedence over ``authorityFolder``.
        public var authorityText: String?
        /// A folder of PEM files of trusted certificate authorities.
        public var authorityFolder: String?
        /// A PEM file of this client's certificate, with its chain.
        public var certificateFile: String?
        /// A PEM file of this client's private key.
        public var keyFile: String?
        /// The name expected in the server's certificate, and sent as SNI, instead of the address's host.
        ///
        /// A certificate that names the very IP address connected to is accepted too: the TLS library takes either.
        public var serverName: String?
        /// Whether the server's certificate is left unchecked. Only for experiments: anyone may then listen in.
        public var skipsVerification: Bool

        /// Makes settings; by default the system's authorities are trusted and no client certificate is sent.
        ///
        /// - Parameters:
        ///   - authorityFile: a PEM file of trusted authorities.
        ///   - authorityText: such authorities as PEM text.
        ///   - authorityFolder: a folder of such files.
        ///   - certificateFile: this client's certificate.
        ///   - keyFile: this client's private key.
        ///   - serverName: the name expected in the server's certificate.
        ///   - skipsVerification: whether the server's certificate is left unchecked.
        public init(
            authorityFile: String? = nil, authorityText: String? = nil, authorityFolder: String? = nil,
            certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil,
            skipsVerification: Bool = false
        ) {
            self.authorityFile = authorityFile
            self.authorityText = authorityText
            self.authorityFolder = authorityFolder
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.serverName = serverName
            self.skipsVerification = skipsVerification
        }
    }
}

extension Vault.Configuration {
    /// The headers a request is sent with, in the order in which they are shown in dry runs.
    ///
    /// - Parameter request: the request.
    /// - Returns: names and values.
    /// - Throws: ``VaultError`` with code ``VaultError/Code/configuration`` when a value holds control characters,
    ///   which would end the header and begin another.
    package func headers(for request: VaultRequest) throws(VaultError) -> [(name: String, value: String)] {
        // X-Vault-Request marks requests that no web page can make, so that a server may insist on it.
        var result: [(name: String, value: String)] = [("X-Vault-Request", "true")]
        if let token { result.append(("X-Vault-Token", token)) }
        if let namespace { result.append(("X-Vault-Namespace", namespace)) }
        if let contentType = request.contentType { result.append(("Content-Type", contentType)) }
        result += headers + request.headers
        for (name, value) in result where !value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            throw VaultError(.configuration, "the value of header \(name) holds control characters")
        }
        return result
    }
}
