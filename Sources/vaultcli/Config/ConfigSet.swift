internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config set`: a value in a layer.
struct ConfigSet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Give a key a value in a layer.",
        discussion: """
            The value is read by the key's declared type: a text for string, duration and bytes, else JSON when it is \
            JSON. @file reads it from a file and - from standard input, so that nothing secret need stand on the \
            command line; \\@ begins a value that begins with @. For a key of type secret, MOUNT/data/PATH#FIELD is \
            enough. What is said of the key itself (-type and the like) is written in the same change, so a new key \
            can be declared with its first value.

              $ vaultcli config set global log.level info -type=string -owner=platform
              $ vaultcli config set env/prod db.pool '{"min":2,"max":20}' -type=object -schema=@pool.json
              $ vaultcli config set env/prod db.password secret/data/shop#password -type=secret -sensitive
              $ vaultcli config set -service=checkout -env=prod cart.limit 50 -cas=3 -reason="sale"
            """)

    @OptionGroup private var key: ConfigKeyOptions
    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer, key and value; @file or - for a value from elsewhere.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (layer, name, rest) = try place.entry(words, then: "VALUE", in: session)
        let definition = try key.body(session.surroundings.console)
        let value = try await ConfigValue.read(rest[0], of: name, type: key.type, place.mount, session)
        var content: JSONObject = ["value": value]
        if !definition.members.isEmpty { content["key"] = .object(definition) }
        let request = VaultRequest(
            .post, try place.mount.path("data", in: layer, name), json: change.body(content))
        try await ConfigWriting.send(request, "Set \(name) in \(layer.path)", session)
    }
}

/// `config patch`: some members of a value.
struct ConfigPatch: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "patch",
        abstract: "Change some members of a value in a layer.",
        discussion: """
            The patch is a JSON merge patch: what it does not name stays, and null takes a member away.

              $ vaultcli config patch env/prod db.pool '{"max":50}'
              $ vaultcli config patch env/prod db.pool @patch.json -cas=4
            """)

    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer, key and patch: JSON, @file, or - for standard input.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (layer, name, rest) = try place.entry(words, then: "PATCH", in: session)
        guard let patch = try? JSON(parsing: try ConfigValue.text(rest[0], session.surroundings.console)) else {
            throw .usage("The patch must be JSON, @file, or - for standard input")
        }
        let request = VaultRequest(
            .patch, try place.mount.path("data", in: layer, name), json: change.body(["value": patch]))
        try await ConfigWriting.send(request, "Changed \(name) in \(layer.path)", session)
    }
}

/// `config unset`: an inherited value, hidden.
struct ConfigUnset: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset",
        abstract: "Hide what a key inherits from the layers above.",
        discussion: """
            From this layer on the key has no value, whatever the layers above say. To let it inherit again, see \
            `config delete`.

              $ vaultcli config unset service/checkout proxy.url
            """)

    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer and key.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (layer, name, _) = try place.entry(words, in: session)
        let request = VaultRequest(
            .post, try place.mount.path("data", in: layer, name), json: change.body(["unset": true]))
        try await ConfigWriting.send(request, "Unset \(name) in \(layer.path)", session)
    }
}

/// `config delete`: what a layer says of a key, taken back.
struct ConfigDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Take a key out of a layer, so that it inherits again.",
        discussion: """
            Its history stays.

              $ vaultcli config delete env/prod log.level -reason="back to the usual"
            """,
        aliases: ["rm"])

    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer and key.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (layer, name, _) = try place.entry(words, in: session)
        let request = VaultRequest(.delete, try place.mount.path("data", in: layer, name), query: change.query)
        try await ConfigWriting.send(request, "Deleted \(name) in \(layer.path)", session)
    }
}
