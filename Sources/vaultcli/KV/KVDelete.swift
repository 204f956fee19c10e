internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `kv delete`: versions, until they are undeleted.
struct KVDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete versions of a key, until they are undeleted.",
        discussion: """
            Deletes the current version, with those that readers get instead of it, or those named. `kv undelete` \
            brings them back, `kv destroy` removes them \
            for good, `kv metadata delete` removes the key.

              $ vaultcli kv delete -mount=secret app/db
              $ vaultcli kv delete -versions=1,2 secret/app/db
            """)

    @Option(name: .flag("versions"), help: "Versions to delete, separated by commas.")
    private var versions: [String] = []
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let location = try await KVLocation.find(key, mount: options.mount, session)
        let path = location.path(of: "data")
        guard !versions.isEmpty else { return try await Delete.send(VaultRequest(.delete, path), in: session) }
        try location.requireVersions(for: "-versions")
        let list = try KVVersionList.parse(versions, to: "delete")
        let request = VaultRequest(.put, location.path(of: "delete"), json: ["versions": list])
        try await Delete.send(request, naming: path, in: session)
    }
}

/// `kv undelete`: deleted versions, back.
struct KVUndelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete",
        abstract: "Bring deleted versions of a key back.",
        discussion: """
            Destroyed versions cannot be brought back.

              $ vaultcli kv undelete -versions=3 secret/app/db
            """)

    @Option(name: .flag("versions"), help: "Versions to bring back, separated by commas.")
    private var versions: [String] = []
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let list = try KVVersionList.parse(versions, to: "undelete")
        let location = try await KVLocation.find(key, mount: options.mount, session)
        try location.requireVersions(for: "undelete")
        try await Write.send(VaultRequest(.put, location.path(of: "undelete"), json: ["versions": list]), in: session)
    }
}

/// `kv destroy`: versions, for good.
struct KVDestroy: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy",
        abstract: "Remove versions of a key for good.",
        discussion: """
            The data of a destroyed version cannot be brought back; its number and times stay known.

              $ vaultcli kv destroy -versions=3 secret/app/db
            """)

    @Option(name: .flag("versions"), help: "Versions to destroy, separated by commas.")
    private var versions: [String] = []
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let list = try KVVersionList.parse(versions, to: "destroy")
        let location = try await KVLocation.find(key, mount: options.mount, session)
        try location.requireVersions(for: "destroy")
        try await Write.send(VaultRequest(.put, location.path(of: "destroy"), json: ["versions": list]), in: session)
    }
}
