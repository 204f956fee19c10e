internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config override`: a value for a while.
struct ConfigOverride: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "override",
        abstract: "Give a key a value in a layer for a while.",
        discussion: """
            The value is bound to a lease: within a second of its end or its revocation, what was there before is \
            there again. `list config/overrides` shows all, `delete config/overrides/ID` ends one at once.

              $ vaultcli config override env/prod log.level debug -ttl=30m -reason="incident 7"
              $ vaultcli lease revoke LEASE_ID
            """)

    @Option(name: .flag("ttl"), help: "For how long, as in 30m; else as long as leases of the mount are.") private
        var ttl: String?
    @Option(name: .flag("reason"), help: "Why; kept in the history.") private var reason: String?
    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer, key and value; @file or - for a value from elsewhere.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (layer, key, rest) = try place.entry(words, then: "VALUE", in: session)
        let value = try await ConfigValue.read(rest[0], of: key, type: nil, place.mount, session)
        var body: JSONObject = ["layer": .string(layer.path), "key": .string(key), "value": value]
        if let ttl { body["ttl"] = .string(ttl) }
        if let reason { body["reason"] = .string(reason) }
        let path = "\(VaultPath.trimmed(place.mount.mount))/overrides"
        let response = try await session.send(
            VaultRequest(.post, path, json: .object(body)), or: "Error overriding \(key) in \(layer.path)")
        try session.show(override: response, "Set \(key) in \(layer.path)")
    }
}
