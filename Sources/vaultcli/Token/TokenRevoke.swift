internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `token revoke`: a token, ended.
struct TokenRevoke: VaultCommand {
    /// How far a revocation goes.
    private enum Mode: String, ExpressibleByArgument {
        /// The token alone; its children become orphans.
        case orphan
        /// All tokens made below a path.
        case path
    }

    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End a token and its children.",
        discussion: """
              $ vaultcli token revoke -self
              $ vaultcli token revoke -accessor 8609694a-cdbc-db9b-d345-e782dbb562ed
              $ vaultcli token revoke -mode=path auth/userpass/login/ana
            """)

    @Flag(name: .flag("accessor"), help: "The argument is an accessor.") private var accessor = false
    @Flag(name: .flag("self"), help: "End the token in use.") private var own = false
    @Option(name: .flag("mode"), help: "orphan: spare the children; path: all tokens made below this path.")
    private var mode: Mode?
    @Argument(help: "Token, accessor or path; - reads standard input, @file a file.") private var token: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        _ = try await session.send(try request(session), or: "Error revoking token")
        session.confirm("Success! Revoked token (if it existed)")
    }

    private func request(_ session: Session) throws(Failure) -> VaultRequest {
        if own {
            guard token == nil, !accessor, mode == nil else {
                throw .usage("-self cannot be used with other arguments")
            }
            return VaultRequest(.put, "auth/token/revoke-self")
        }
        guard let token else { throw .usage("Not enough arguments (expected 1 or -self, got 0)") }
        guard !accessor || mode == nil else { throw .usage("-accessor cannot be used with -mode") }
        if mode == .path {
            return VaultRequest(.put, "sys/leases/revoke-prefix/" + VaultPath.trimmed(token))
        }
        let value = JSON.string(try SecretInput.value(token, prompt: "", session))
        if accessor {
            return VaultRequest(.post, "auth/token/revoke-accessor", json: ["accessor": value])
        }
        let path = mode == .orphan ? "auth/token/revoke-orphan" : "auth/token/revoke"
        return VaultRequest(.put, path, json: ["token": value])
    }
}
