internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `kv canary set`: which versions are served, and to which share.
struct KVCanarySet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set which version is tried and by which share of the instances.",
        discussion: """
            What is not named stays. Without a candidate (-candidate=0) the stable version is for everyone, whatever \
            is written after it.

              $ vaultcli kv canary set -percent=50 secret/app/db
              $ vaultcli kv canary set -stable=7 secret/app/db
              $ vaultcli kv canary set -candidate=9 -percent=5 -max-errors=0.5 secret/app/db
            """)

    @Option(name: .flag("percent"), help: "Share of the instances that get the candidate.")
    private var percent: Percent?
    @Option(name: .flag("candidate"), help: "Version that they get.") private var candidate: Int?
    @Option(name: .flag("stable"), help: "Version for everyone else.") private var stable: Int?
    @Option(name: .flag("max-errors"), help: "Percent of the candidate's outcomes that may be errors, at most 50.")
    private var maxErrors: Percent?
    @OptionGroup private var key: KVCanaryKey
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var body = JSONObject()
        if let stable { body["stable"] = .integer(stable) }
        if let candidate { body["candidate"] = .integer(candidate) }
        if let percent { body["percent"] = .number(percent.number) }
        if let maxErrors { body["max_error_percent"] = .number(maxErrors.number) }
        guard !body.members.isEmpty else { throw .usage("Must set something, such as -percent") }
        try await KVCanary.write(body, try await key.location(session), session)
    }
}

/// `kv canary promote`: the candidate for everyone.
struct KVCanaryPromote: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Give everyone the version that is tried.",
        discussion: """
            Where a newer version was written meanwhile, that one stays for nobody until it is served.

              $ vaultcli kv canary promote secret/app/db
            """)

    @OptionGroup private var key: KVCanaryKey
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let location = try await key.location(session)
        let path = location.path(of: "serving")
        let response = try await session.prepare(VaultRequest(.get, path), or: "Error reading \(path)")
        let nothing = Failure.server("No version of \(location.path(of: "data")) is being tried")
        guard let response else { throw nothing }
        guard let candidate = try session.secret(response).data["candidate"]?.intValue else { throw nothing }
        try await KVCanary.write(["promote": .integer(candidate)], location, session)
    }
}

/// `kv canary drop`: the stable version for everyone.
struct KVCanaryDrop: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Take the version that is tried back: everyone gets the stable one.",
        discussion: """
            The version stays, and so does the stable one as what readers get, until another one is tried or the \
            canary is ended.

              $ vaultcli kv canary drop secret/app/db
            """)

    @OptionGroup private var key: KVCanaryKey
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await KVCanary.write(["candidate": 0], try await key.location(session), session)
    }
}

/// `kv canary end`: the current version for everyone.
struct KVCanaryEnd: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "end",
        abstract: "Give everyone the current version again.",
        discussion: """
            With -version only while that is the current one.

              $ vaultcli kv canary end -version=9 secret/app/db
            """)

    @Option(name: .flag("version"), help: "Only while this is the current version.") private var version: Int?
    @OptionGroup private var key: KVCanaryKey
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let location = try await key.location(session)
        let query = version.map { [(name: "version", value: String($0))] } ?? []
        let path = location.path(of: "serving")
        _ = try await session.send(VaultRequest(.delete, path, query: query), or: "Error deleting \(path)")
        session.confirm("Success! Everyone gets the current version of \(location.path(of: "data"))")
    }
}
