internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag override`: a variation for a while.
struct FlagOverride: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "override",
        abstract: "Give an individual a variation for a while.",
        discussion: """
            It is bound to a lease: within a second of its end or its revocation, the individual gets again what it \
            got before. The flag must have a state in the environment. `list flags/overrides` shows all, `delete \
            flags/overrides/ID` ends one at once.

              $ vaultcli flag override shop user-7 on -env=prod -ttl=30m -reason="incident 7"
              $ vaultcli lease revoke LEASE_ID
            """)

    @Option(name: .flag("ttl"), help: "For how long, as in 30m; else as long as leases of the mount are.") private
        var ttl: String?
    @Option(name: .flag("reason"), help: "Why; kept in the history.") private var reason: String?
    @Option(name: .flag("kind"), help: "Whose key it is, for contexts of several kinds.") private var kind: String?
    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Flag.") private var key: String
    @Argument(help: "Targeting key.") private var target: String
    @Argument(help: "The variation it gets.") private var variation: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = try place.environment(session)
        var body: JSONObject = [
            "environment": .string(environment), "flag": .string(key), "targeting_key": .string(target),
            "variation": .string(variation),
        ]
        if let kind { body["kind"] = .string(kind) }
        if let ttl { body["ttl"] = .string(ttl) }
        if let reason { body["reason"] = .string(reason) }
        let response = try await session.send(
            VaultRequest(.post, try place.mount.path("overrides"), json: .object(body)),
            or: "Error overriding \(key) in \(environment)")
        try session.show(override: response, "\(target) gets \(variation) of \(key) in \(environment)")
    }
}
