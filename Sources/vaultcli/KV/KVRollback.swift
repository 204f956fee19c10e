internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `kv rollback`: an earlier version as the current one.
struct KVRollback: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make an earlier version the current one.",
        discussion: """
            Writes the data of the version as a new version, unless somebody else writes in between.

              $ vaultcli kv rollback -version=2 secret/app/db
            """)

    @Option(name: .flag("version"), help: "Version to go back to.") private var version: Int?
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard let version, version > 0 else { throw .usage("-version must name the version to go back to, 1 or more") }
        let location = try await KVLocation.find(key, mount: options.mount, session)
        try location.requireVersions(for: "rollback")
        let path = location.path(of: "data")
        guard let current = try await KVVersion.read(location, session) else {
            throw .server("No value found at \(path)")
        }
        guard let data = try await KVVersion.read(location, version: version, session)?.data else {
            throw .server("Version \(version) of \(path) is deleted, destroyed or unknown")
        }
        let response = try await session.send(
            VaultRequest(.put, path, json: KVWriting.body(data, cas: current.number)),
            or: "Error writing data to \(path)")
        try session.show(try session.secret(response))
    }
}

/// `kv enable-versioning`: versions in a mount that has none.
struct KVEnableVersioning: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable-versioning",
        abstract: "Keep versions in a mount that kept none.",
        discussion: """
            Paths below the mount change with it: `secret/app` becomes `secret/data/app`. It cannot be undone.

              $ vaultcli kv enable-versioning secret
            """)

    @Argument(help: "Mount.") private var mount: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let mount = VaultPath.mount(mount)
        let response = try await session.send(
            VaultRequest(.post, "sys/mounts/\(mount)tune", json: ["options": ["version": "2"]]),
            or: "Error tuning secrets engine \(mount)")
        if !response.body.isEmpty { session.warn(try session.secret(response).warnings) }
        session.confirm("Success! Tuned the secrets engine at: \(mount)")
    }
}
