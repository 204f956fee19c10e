internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `kv put`: the data of a key, replaced.
struct KVPut: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Replace the data of a key.",
        discussion: """
            Writes a new version that holds only the data given. -cas=0 writes only a new key, -cas=N only while \
            version N is the current one. With -canary only a share of the instances gets the version at first.

              $ vaultcli kv put -mount=secret app/db user=app password=@password.txt
              $ vaultcli kv put -cas=3 secret/app/db @db.json
              $ vaultcli kv put -canary=5 secret/app/db password=@password.txt
            """)

    @Option(name: .flag("cas"), help: "Write only while this is the current version; 0: no version yet.")
    private var cas: Int?
    @Option(name: .flag("canary"), help: "Percent of the instances that get it first; see kv canary.")
    private var canary: Percent?
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @Argument(help: "Data: key=value, key=@file, key=-, @file.json or -.") private var data: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard !data.isEmpty else { throw .usage("Must supply data") }
        let object = try KeyValueInput.parse(data, session.surroundings.console)
        let location = try await KVLocation.find(key, mount: options.mount, session)
        guard location.isVersioned || canary != nil else {
            return try await Write.send(
                VaultRequest(.put, location.path(of: "data"), json: .object(object)), in: session)
        }
        try location.requireVersions(for: "canary")
        try await KVWriting.put(object, to: location, cas: cas.flatMap { $0 < 0 ? nil : $0 }, canary: canary, session)
    }
}
