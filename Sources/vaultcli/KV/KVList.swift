internal import ArgumentParser
internal import VaultClient

/// `kv list`: the keys of a folder.
struct KVList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the keys of a folder.",
        discussion: """
            Names that end in a slash are folders.

              $ vaultcli kv list -mount=secret app/
            """)

    @OptionGroup private var options: KVOptions
    @Argument(help: "Folder; may be left out with -mount.") private var folder: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func validate() throws {
        guard folder != nil || options.mount != nil else {
            throw ValidationError("Missing expected argument '<folder>'")
        }
    }

    func run(in session: Session) async throws(Failure) {
        let location = try await KVLocation.find(folder ?? "", mount: options.mount, session)
        try await List.send(
            VaultRequest(.get, location.path(of: "metadata"), query: [("list", "true")]), in: session)
    }
}

/// `kv scan`: the keys of a folder and all folders in it.
struct KVScan: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "List the keys of a folder and of all folders in it.",
        discussion: """
            Needs a server that knows the operation `scan`, and a policy that allows it.

              $ vaultcli kv scan -mount=secret app/
            """)

    @OptionGroup private var options: KVOptions
    @Argument(help: "Folder; may be left out with -mount.") private var folder: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func validate() throws {
        guard folder != nil || options.mount != nil else {
            throw ValidationError("Missing expected argument '<folder>'")
        }
    }

    func run(in session: Session) async throws(Failure) {
        let location = try await KVLocation.find(folder ?? "", mount: options.mount, session)
        try await List.send(
            VaultRequest(.get, location.path(of: "metadata"), query: [("scan", "true")]), in: session)
    }
}
