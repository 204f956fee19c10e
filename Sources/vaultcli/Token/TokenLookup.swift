internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `token lookup`: a token's properties.
struct TokenLookup: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Show a token's properties.",
        discussion: """
            Without an argument it is about the token in use. An accessor names a token without being one.

              $ vaultcli token lookup
              $ vaultcli token lookup -accessor 8609694a-cdbc-db9b-d345-e782dbb562ed
            """)

    @Flag(name: .flag("accessor"), help: "The argument is an accessor.") private var accessor = false
    @Argument(help: "Token or accessor; - reads standard input, @file a file.") private var token: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let response = try await session.send(try request(session), or: "Error looking up token")
        try session.show(try session.secret(response))
    }

    private func request(_ session: Session) throws(Failure) -> VaultRequest {
        guard let token else {
            guard !accessor else { throw .usage("-accessor needs an accessor") }
            return VaultRequest(.get, "auth/token/lookup-self")
        }
        let value = JSON.string(try SecretInput.value(token, prompt: "", session))
        return accessor
            ? VaultRequest(.post, "auth/token/lookup-accessor", json: ["accessor": value])
            : VaultRequest(.post, "auth/token/lookup", json: ["token": value])
    }
}

/// `token renew`: a token, for longer.
struct TokenRenew: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Let a token live longer.",
        discussion: """
            Without an argument it is about the token in use.

              $ vaultcli token renew -increment=30m
            """)

    @Flag(name: .flag("accessor"), help: "The argument is an accessor.") private var accessor = false
    @Option(name: .flag("increment", alias: "i"), help: "How much longer; the server may give less.")
    private var increment: GoDuration?
    @Argument(help: "Token or accessor; - reads standard input, @file a file.") private var token: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let response = try await session.send(try request(session), or: "Error renewing token")
        try session.show(try session.secret(response))
    }

    private func request(_ session: Session) throws(Failure) -> VaultRequest {
        var body: JSONObject = ["increment": .integer(increment?.seconds ?? 0)]
        guard let token else {
            guard !accessor else { throw .usage("-accessor needs an accessor") }
            return VaultRequest(.put, "auth/token/renew-self", json: .object(body))
        }
        body[accessor ? "accessor" : "token"] = .string(try SecretInput.value(token, prompt: "", session))
        return VaultRequest(.put, accessor ? "auth/token/renew-accessor" : "auth/token/renew", json: .object(body))
    }
}

/// `token capabilities`: what a token may do at a path.
struct TokenCapabilities: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "capabilities",
        abstract: "Show what a token may do at a path.",
        discussion: """
            Without a token it is about the token in use.

              $ vaultcli token capabilities secret/data/app
              $ vaultcli token capabilities hvs.CAESI... secret/data/app
            """)

    @Flag(name: .flag("accessor"), help: "The first argument is an accessor.") private var accessor = false
    @Argument(help: "[Token or accessor, and] path.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let response = try await session.send(try request(session), or: "Error listing capabilities")
        let data = try session.data(response)
        let names = data["capabilities"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        try session.show(.strings(sorted)) { sorted.joined(separator: ", ") }
    }

    private func request(_ session: Session) throws(Failure) -> VaultRequest {
        guard let path = words.last, words.count <= 2, words.count == 2 || !accessor else {
            throw .usage("A path is needed, and before it a token or accessor when it is not about the token in use")
        }
        var body: JSONObject = ["paths": .strings([VaultPath.trimmed(path)])]
        guard words.count == 2 else {
            return VaultRequest(.post, "sys/capabilities-self", json: .object(body))
        }
        body[accessor ? "accessor" : "token"] = .string(try SecretInput.value(words[0], prompt: "", session))
        return VaultRequest(
            .post, accessor ? "sys/capabilities-accessor" : "sys/capabilities", json: .object(body))
    }
}
