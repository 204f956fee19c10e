internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config get`: what a layer says of a key.
struct ConfigGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show what a layer says of a key.",
        discussion: """
            One layer alone is looked at; what a service gets of all of them shows `config effective`. The value of a \
            sensitive key is not shown: see `config reveal`.

              $ vaultcli config get env/prod log.level
              $ vaultcli config get -service=checkout pool.size -version=2 -field=value
            """)

    @Option(name: .flag("version"), help: "This version instead of the current one.") private var version: Int?
    @Option(name: .flag("as-of"), parsing: .unconditional, help: "As of then: \(FlagInstant.forms), or ago as in -2h.")
    private var asOf: String?
    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer and key.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (layer, key, _) = try place.entry(words, in: session)
        let path = try place.mount.path("data", in: layer, key)
        var request = VaultRequest(.get, path)
        if let version { request.query.append(("version", String(version))) }
        if let asOf { request.query.append(("as_of", try FlagInstant.parse(asOf, flag: "as-of", now: .now()))) }
        guard let response = try await session.find(request, or: "Error reading \(path)") else {
            throw .server("\(layer.path) says nothing of \(key)")
        }
        try session.show(response) { Table.keyed($0.objectValue ?? JSONObject()) }
    }
}

/// `config list`: the keys that a layer says something of.
struct ConfigList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the keys that a layer says something of.",
        discussion: """
              $ vaultcli config list env/prod
              $ vaultcli config list -service=checkout -env=prod
            """)

    @OptionGroup private var place: ConfigLayerOptions
    @Argument(help: "Layer.") private var word: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let layer = try place.layer(word, session)
        try await session.show(
            listing: try place.mount.path("data", in: layer), none: "\(layer.path) says nothing of any key",
            heading: ["Key", "Type", "Sensitive", "Reload", "Version", "By", "Time"]
        ) { key, entry in
            let names = ["type", "sensitive", "reload", "version", "updated_by", "updated_time"]
            return [key] + names.map { CellText.field(entry[$0] ?? "") }
        }
    }
}

/// `config reveal`: the value of a sensitive key.
struct ConfigReveal: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "reveal",
        abstract: "Show the value of a sensitive key.",
        discussion: """
            It asks for the capability update on reveal/LAYER/KEY of the mount, and the audit records it.

              $ vaultcli config reveal env/prod smtp.password -field=value
            """)

    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer and key.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (layer, key, _) = try place.entry(words, in: session)
        let path = try place.mount.path("reveal", in: layer, key)
        let response = try await session.send(VaultRequest(.post, path), or: "Error revealing \(key) in \(layer.path)")
        try session.show(response) { Table.keyed($0.objectValue ?? JSONObject()) }
    }
}
