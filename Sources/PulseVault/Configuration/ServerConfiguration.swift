import Audit
import Notation
import VaultCore

/// What the server is told by its configuration files (HCL or JSON, with Vault's names).
struct ServerConfiguration: Sendable {
    /// Where the data is.
    enum Storage: Sendable, Equatable {
        /// A SQLite database file.
        case sqlite(path: String)
        /// Memory: gone with the process.
        case memory
    }

    /// One address to listen on.
    struct Listener: Sendable, Equatable {
        /// The host, numeric or a name.
        var host = "127.0.0.1"
        /// The port; 0 for any free one.
        var port = 8200
        /// The certificate and key files; `nil` for plain HTTP.
        var tls: TLS?
        /// How long clients may take.
        var timeouts = HTTPTimeouts()
        /// How many connections one client address may have; `nil` for any number.
        var connectionsPerAddress: Int? = ConnectionLimit.perAddress
    }

    /// The files and rules of TLS.
    struct TLS: Sendable, Equatable {
        /// The certificate chain, PEM.
        var certificateFile: String
        /// The private key, PEM.
        var keyFile: String
        /// Whether TLS 1.2 is allowed besides 1.3.
        var allowsTLS12 = false
        /// The CA that client certificates must come from; `nil` when clients need none.
        var clientCAFile: String?
    }

    var storage: Storage?
    var listeners: [Listener] = []
    var settings = Vault.Settings()
    /// Where messages of webhooks may go.
    var webhooks = WebhookRules()
    var logLevel: String?
    /// How log lines are written.
    var logFormat = LogOutput.Format.standard
    /// What is worth telling the operator: unknown keys, aliases.
    var warnings: [String] = []

    /// A configuration that cannot be used; the text names file, line and key.
    struct Fault: Error {
        let message: String
    }
}
