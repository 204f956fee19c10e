internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `kv patch`: some data of a key.
struct KVPatch: VaultCommand {
    /// How a patch is done.
    private enum Method: String, ExpressibleByArgument {
        /// By the server.
        case patch
        /// By reading, changing and writing back under check-and-set.
        case rw
    }

    static let configuration = CommandConfiguration(
        commandName: "patch",
        abstract: "Change some data of a key.",
        discussion: """
            Writes a new version in which data not named stays as it is. The server does it where the policy allows \
            `patch`; otherwise the data is read, changed and written back, unless -method says which.

              $ vaultcli kv patch -mount=secret app/db password=@password.txt
              $ vaultcli kv patch -remove-data=old secret/app/db
            """)

    @Option(name: .flag("cas"), help: "Write only while this is the current version.") private var cas: Int?
    @Option(name: .flag("method"), help: "patch: by the server; rw: read, change and write back.")
    private var method: Method?
    @Option(name: .flag("remove-data"), help: "Remove this from the data; may be repeated.")
    private var removeData: [String] = []
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @Argument(help: "Data: key=value, key=@file, key=-, @file.json or -.") private var data: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard !data.isEmpty || !removeData.isEmpty else { throw .usage("Must supply data") }
        var change = try KeyValueInput.parse(data, session.surroundings.console)
        for name in removeData { change[name] = .null }
        let location = try await KVLocation.find(key, mount: options.mount, session)
        try location.requireVersions(for: "patch")
        if method != .rw, try await patch(change, location, session) { return }
        try await rewrite(change, location, session)
    }

    /// Lets the server patch; false when it may not and another way is left.
    private func patch(_ change: JSONObject, _ location: KVLocation, _ session: Session) async throws(Failure) -> Bool {
        let path = location.path(of: "data")
        let request = session.wrapping(VaultRequest(.patch, path, json: KVWriting.body(change, cas: expectedVersion)))
        try session.printInstead(request)
        let response: VaultResponse
        do {
            response = try await session.vault.send(request)
        } catch {
            if method == nil, error.status == 403 || error.status == 405 { return false }
            if error.status == 404 { throw missing(path) }
            throw Failure(error, during: "Error writing data to \(path)")
        }
        try KVWriting.show(response, path, session)
        return true
    }

    private func rewrite(_ change: JSONObject, _ location: KVLocation, _ session: Session) async throws(Failure) {
        // Under -cas the version named is what the change is made to, whatever readers get.
        let current = try await KVVersion.read(location, version: expectedVersion, session)
        guard let current, let data = current.data else {
            throw missing(location.path(of: "data"))
        }
        try await KVWriting.put(
            MergePatch.apply(change, to: data), to: location, cas: expectedVersion ?? current.number, session)
    }

    /// The version named by -cas; for a patch 0 means any, as in Vault's tool.
    private var expectedVersion: Int? {
        cas.flatMap { $0 > 0 ? $0 : nil }
    }

    private func missing(_ path: String) -> Failure {
        .server("No value found at \(path); patch only works on existing data.")
    }
}
