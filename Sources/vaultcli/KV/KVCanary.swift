internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `kv canary`: a version that a share of the instances gets first.
struct KVCanary: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "canary",
        abstract: "Try a version of a key with a share of the instances first.",
        discussion: """
            Readers that do not say which instance they are, and all others, get the stable version. Instances say \
            so with `-instance` of `kv get` and `run`, or the header X-Pulse-Instance, and report how the version \
            works; too many errors take it back.

              $ vaultcli kv put -canary=5 secret/app/db password=@new.txt
              $ vaultcli kv canary status secret/app/db
              $ vaultcli kv canary set -percent=50 secret/app/db
              $ vaultcli kv canary promote secret/app/db
            """,
        subcommands: [
            KVCanaryStatus.self, KVCanarySet.self, KVCanaryPromote.self, KVCanaryDrop.self, KVCanaryEnd.self,
            KVCanaryReport.self,
        ])

    /// The answer about which versions of a key are served, for people.
    static func table(_ data: JSON) -> String {
        var rows: [(String, String)] = []
        for name in ["stable", "candidate", "percent", "max_error_percent", "since", "evidence"] {
            guard let value = data[name], value.kind != .null else { continue }
            rows.append((name, CellText.field(value)))
        }
        for version in data["outcomes"]?.objectValue?.members ?? [] {
            rows.append(("version \(version.name)", counts(version.value)))
        }
        if let dropped = data["dropped"], let version = dropped["version"], let time = dropped["time"] {
            rows.append(("taken back", "version \(CellText.field(version)) at \(CellText.field(time))"))
            rows.append(("because", counts(dropped)))
        }
        return Table.keyed(rows)
    }

    private static func counts(_ outcomes: JSON) -> String {
        let successes = outcomes["successes"].map(CellText.field) ?? "0"
        let errors = outcomes["errors"].map(CellText.field) ?? "0"
        return "\(successes) worked, \(errors) did not"
    }

    /// Says which versions readers get, or how they work, and shows the answer.
    ///
    /// - Parameter area: `serving` or `outcomes`.
    static func write(
        _ body: JSONObject, to area: String = "serving", _ location: KVLocation, _ session: Session
    ) async throws(Failure) {
        let path = location.path(of: area)
        let response = try await session.send(
            VaultRequest(.post, path, json: .object(body)), or: "Error writing data to \(path)")
        try session.show(response, table: table)
    }
}

/// The key of which a version is tried.
struct KVCanaryKey: ParsableArguments {
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String

    /// Finds the key.
    ///
    /// - Parameter session: the session.
    /// - Returns: where it is.
    /// - Throws: ``Failure`` with status 2 when its mount keeps no versions.
    func location(_ session: Session) async throws(Failure) -> KVLocation {
        let location = try await KVLocation.find(key, mount: options.mount, session)
        try location.requireVersions(for: "canary")
        return location
    }
}

/// `kv canary status`: who gets what, and how it works.
struct KVCanaryStatus: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show which versions of a key are served, and how they work.",
        discussion: """
            The evidence is that against the candidate: at 100 it is taken back.

              $ vaultcli kv canary status secret/app/db
              $ vaultcli kv canary status -field=candidate secret/app/db
            """)

    @OptionGroup private var key: KVCanaryKey
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let location = try await key.location(session)
        let path = location.path(of: "serving")
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("Everyone gets the current version of \(location.path(of: "data"))")
        }
        try session.show(response, table: KVCanary.table)
    }
}

/// `kv canary report`: how a version works for its readers.
struct KVCanaryReport: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Tell how often a version worked, and how often it did not.",
        discussion: """
            Counts what happened since the last report. Too many errors of the candidate take it back.

              $ vaultcli kv canary report -version=8 -successes=20 secret/app/db
              $ vaultcli kv canary report -version=8 -errors=1 secret/app/db
            """)

    @Option(name: .flag("version"), help: "Version that was used.") private var version: Int
    @Option(name: .flag("successes"), help: "How often it worked.") private var successes = 0
    @Option(name: .flag("errors"), help: "How often it did not.") private var errors = 0
    @OptionGroup private var key: KVCanaryKey
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let body: JSONObject = [
            "version": .integer(version), "successes": .integer(successes), "errors": .integer(errors),
        ]
        try await KVCanary.write(body, to: "outcomes", try await key.location(session), session)
    }
}
