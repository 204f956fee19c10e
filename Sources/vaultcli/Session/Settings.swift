internal import VaultClient

/// What flags, environment and token file come to.
struct Settings: Sendable {
    /// What happens with requests.
    enum Mode: Sendable {
        /// They are sent.
        case send
        /// They are printed as curl commands.
        case printCurl
        /// A policy that allows them is printed.
        case printPolicy
    }

    /// The client's configuration.
    let configuration: Vault.Configuration
    /// How answers are written.
    let format: OutputFormat
    /// The one field to print.
    let field: String?
    /// How long a wrapped answer is kept, as sent.
    let wrapTTL: String?
    /// What happens with requests.
    let mode: Mode
    /// Whether nobody can be asked.
    let isNonInteractive: Bool

    /// Puts the settings together: flags first, then the environment, then defaults.
    ///
    /// - Parameters:
    ///   - output: the output flags.
    ///   - connection: the connection flags.
    ///   - environment: the environment.
    /// - Throws: ``Failure`` naming the setting that cannot be used, with status 1 for flags and 2 for variables.
    init(
        _ output: OutputOptions, _ connection: ConnectionOptions, _ environment: ClientEnvironment
    ) throws(Failure) {
        format = try OutputFormat(named: output.format ?? environment["FORMAT"] ?? "table")
        field = output.field
        wrapTTL = connection.wrapTTL?.text ?? environment["WRAP_TTL"].map { GoDuration($0)?.text ?? $0 }
        isNonInteractive = connection.nonInteractive
        mode = connection.outputCurlString ? .printCurl : connection.outputPolicy ? .printPolicy : .send
        var configuration = Vault.Configuration(
            address: connection.agentAddress ?? connection.address ?? environment["AGENT_ADDR"]
                ?? environment["ADDR"] ?? Vault.Configuration.defaultAddress)
        configuration.token = try TokenStore.currentToken(environment)
        configuration.namespace = Self.namespace(connection.namespace ?? environment["NAMESPACE"])
        configuration.security = try Self.security(connection, environment)
        configuration.headers = try Self.headers(connection)
        configuration.retries = try Self.count(environment, "MAX_RETRIES") ?? configuration.retries
        configuration.timeout = try Self.duration(environment, "CLIENT_TIMEOUT") ?? configuration.timeout
        let staysHere = try environment.isOn("DISABLE_REDIRECTS")
        configuration.followsRedirect = !connection.disableRedirects && !staysHere
        self.configuration = configuration
    }
}

extension Settings {
    /// A namespace is sent with one slash at its end.
    private static func namespace(_ text: String?) -> String? {
        text.map { VaultPath.trimmed($0) }.flatMap { $0.isEmpty ? nil : $0 + "/" }
    }

    private static func security(
        _ connection: ConnectionOptions, _ environment: ClientEnvironment
    ) throws(Failure) -> Vault.Security {
        let skipsVerification = try environment.isOn("SKIP_VERIFY")
        return Vault.Security(
            authorityFile: connection.caCert ?? environment["CACERT"],
            authorityText: environment["CACERT_BYTES"],
            authorityFolder: connection.caPath ?? environment["CAPATH"],
            certificateFile: connection.clientCert ?? environment["CLIENT_CERT"],
            keyFile: connection.clientKey ?? environment["CLIENT_KEY"],
            serverName: connection.tlsServerName ?? environment["TLS_SERVER_NAME"],
            skipsVerification: connection.tlsSkipVerify || skipsVerification)
    }

    private static func headers(_ connection: ConnectionOptions) throws(Failure) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = connection.mfa.map { ("X-Vault-MFA", $0) }
        if connection.policyOverride { result.append(("X-Vault-Policy-Override", "true")) }
        for header in connection.header {
            let pair = try KeyValueInput.pair(header, flag: "header")
            let reserved = pair.key.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }.starts(with: "x-vault-".utf8)
            guard !reserved else {
                throw .server("-header: names beginning with X-Vault- are the client's own")
            }
            result.append((pair.key, pair.value))
        }
        return result
    }

    private static func count(_ environment: ClientEnvironment, _ setting: String) throws(Failure) -> Int? {
        guard let text = environment[setting] else { return nil }
        guard let count = Int(text), (0...100).contains(count) else {
            throw .server("\(environment.variable(of: setting) ?? setting) must be a number between 0 and 100")
        }
        return count
    }

    private static func duration(_ environment: ClientEnvironment, _ setting: String) throws(Failure) -> Duration? {
        guard let text = environment[setting] else { return nil }
        guard let duration = GoDuration(text), duration.nanoseconds >= 0 else {
            throw .server("\(environment.variable(of: setting) ?? setting) must be a duration such as 30s")
        }
        // In Go a time of 0 means no limit; a day is longer than any answer takes.
        return duration.nanoseconds == 0 ? .seconds(86_400) : .nanoseconds(duration.nanoseconds)
    }
}
