internal import ArgumentParser

/// Where the server is, how it is reached, and what is sent with every request.
struct ConnectionOptions: ParsableArguments {
    /// The server's address.
    @Option(name: .flag("address"), help: "Address of the server. [VAULT_ADDR, else https://127.0.0.1:8200]")
    var address: String?

    /// The address of an agent that stands in for the server.
    @Option(name: .flag("agent-address"), help: "Address of an agent to use instead. [VAULT_AGENT_ADDR]")
    var agentAddress: String?

    /// A file of trusted authorities.
    @Option(
        name: .flag("ca-cert"),
        help: "PEM file of trusted certificate authorities. [VAULT_CACERT; VAULT_CACERT_BYTES is its text]")
    var caCert: String?

    /// A folder of trusted authorities.
    @Option(name: .flag("ca-path"), help: "Folder of such files. [VAULT_CAPATH]")
    var caPath: String?

    /// This client's certificate.
    @Option(name: .flag("client-cert"), help: "PEM file of this client's certificate. [VAULT_CLIENT_CERT]")
    var clientCert: String?

    /// This client's key.
    @Option(name: .flag("client-key"), help: "PEM file of its private key. [VAULT_CLIENT_KEY]")
    var clientKey: String?

    /// The name expected in the server's certificate.
    @Option(
        name: .flag("tls-server-name"), help: "Name expected in the server's certificate. [VAULT_TLS_SERVER_NAME]")
    var tlsServerName: String?

    /// Whether the server's certificate is left unchecked.
    @Flag(name: .flag("tls-skip-verify"), help: "Do not check the server's certificate. [VAULT_SKIP_VERIFY]")
    var tlsSkipVerify = false

    /// The namespace.
    @Option(name: .flag("namespace", alias: "ns"), help: "Namespace of the request. [VAULT_NAMESPACE]")
    var namespace: String?

    /// Additional headers.
    @Option(name: .flag("header"), help: "Additional header, as name=value; may be repeated.")
    var header: [String] = []

    /// How long a wrapped answer is kept.
    @Option(name: .flag("wrap-ttl"), help: "Wrap the answer in a token that lives this long. [VAULT_WRAP_TTL]")
    var wrapTTL: GoDuration?

    /// Codes for a second factor.
    @Option(name: .flag("mfa"), help: "Second factor, sent as X-Vault-MFA; may be repeated.")
    var mfa: [String] = []

    /// Whether soft-mandatory policies are overridden.
    @Flag(name: .flag("policy-override"), help: "Override soft-mandatory policies.")
    var policyOverride = false

    /// Whether a redirect is an error.
    @Flag(name: .flag("disable-redirects"), help: "Do not follow a redirect. [VAULT_DISABLE_REDIRECTS]")
    var disableRedirects = false

    /// Whether nobody can be asked.
    @Flag(name: .flag("non-interactive"), help: "Never ask; fail instead.")
    var nonInteractive = false

    /// Whether the request is shown as a curl command instead of sent.
    @Flag(name: .flag("output-curl-string"), help: "Print the request as a curl command and stop.")
    var outputCurlString = false

    /// Whether the policy the request needs is shown instead of sending it.
    @Flag(name: .flag("output-policy"), help: "Print a policy that allows the request and stop.")
    var outputPolicy = false
}
