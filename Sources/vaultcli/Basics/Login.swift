internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `login`: a token for this user, kept for later commands.
struct Login: VaultCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get a token and keep it for later commands.",
        discussion: """
            The method `token` (the default) checks a token that you have; userpass, ldap, radius and okta ask for a \
            password; approle, jwt, cert, kubernetes and the other kinds that Vault knows are sent the data you give. \
            What is not given is asked for without showing it. The token is kept in ~/.vault-token, readable by you \
            alone.

              $ vaultcli login
              $ vaultcli login -method=userpass username=ana
              $ vaultcli login -method=approle -path=ci role_id=@role secret_id=@secret
            """)

    @Option(name: .flag("method"), help: "Kind of authentication.") private var method = "token"
    @Option(name: .flag("path"), help: "Where the method is enabled; by default its name.") private var path: String?
    @Flag(name: .flag("no-store"), help: "Do not keep the token.") private var noStore = false
    @Flag(name: .flag("no-print"), help: "Do not show the token.") private var noPrint = false
    @Flag(name: .flag("token-only"), help: "Print the token alone, and do not keep it.") private var tokenOnly = false
    @Argument(help: "The token (- for standard input, @file), or the method's data as key=value.")
    private var data: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let kind = VaultPath.trimmed(method)
        var secret: Secret
        if kind.utf8.elementsEqual("token".utf8) {
            secret = try await LoginMethod.token(data, checked: !tokenOnly, session)
        } else {
            let mount = VaultPath.trimmed(path ?? kind)
            secret = try await LoginMethod.exchange(kind, mount: mount, data, session)
        }
        if secret.wrapInfo != nil, !tokenOnly, !noStore {
            secret = try await unwrapped(secret, session)
        }
        guard let token = (secret.auth?["client_token"] ?? secret.wrapInfo?["token"])?.stringValue else {
            throw .server("Error authenticating: the server's answer holds no token")
        }
        if tokenOnly { return session.showField(.string(token)) }
        try keep(token, session)
        guard !noPrint else { return }
        try session.show(secret)
    }

    private func unwrapped(_ secret: Secret, _ session: Session) async throws(Failure) -> Secret {
        let inner = try session.using(token: secret.wrapInfo?["token"]?.stringValue)
        guard
            let response = try await inner.prepare(VaultRequest(.put, "sys/wrapping/unwrap"), or: "Error unwrapping")
        else { throw .server("Error authenticating: the wrapping token is empty") }
        return try session.secret(response)
    }

    private func keep(_ token: String, _ session: Session) throws(Failure) {
        let environment = session.surroundings.environment
        if noStore {
            session.note("The token was not kept. Set VAULT_TOKEN or give it with each request.\n")
        } else {
            guard let store = TokenStore.standard(environment) else {
                throw .usage(
                    "There is no home folder to keep the token in; set HOME or VAULT_TOKEN_PATH, or use -no-store")
            }
            try store.keep(token)
            if let variable = environment.variable(of: "TOKEN") {
                session.note(
                    "WARNING! \(variable) is set and goes before the token that was kept. Unset it to use this one.\n")
            }
        }
        guard session.settings.format == .table, session.settings.field == nil else { return }
        session.note("Success! You are now authenticated.\n")
    }
}
