internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag track`: something that someone did.
struct FlagTrack: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "track",
        abstract: "Report something that someone did.",
        discussion: """
            Guards of ramps look at the mean of an event's values over those who have the variation that spreads; an \
            event without a value counts as 1. Services report events themselves, many at a time; this reports one.

              $ vaultcli flag track errors -env=prod -targeting-key=user-7 -value=0
              $ vaultcli flag track purchase -env=prod -key=user-7 -value=49.90 -at=-10m
            """)

    @Option(name: .flag("targeting-key", alias: "key"), help: "Who did it.") private var targetingKey: String
    @Option(name: .flag("value"), parsing: .unconditional, help: "How much, as a number; 1 without a word.")
    private var value: String?
    @Option(name: .flag("at"), parsing: .unconditional, help: "When: \(FlagInstant.forms), or ago as in -10m.")
    private var at: String?
    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Event.") private var event: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = try place.environment(session)
        var tracked: JSONObject = ["event": .string(event), "targeting_key": .string(targetingKey)]
        if let value {
            // The number's text is sent as it was typed.
            guard case .number(let number)? = try? JSON(parsing: value) else { throw .usage("-value must be a number") }
            tracked["value"] = .number(number)
        }
        if let at { tracked["at"] = .string(try FlagInstant.parse(at, flag: "at", now: .now())) }
        let request = VaultRequest(
            .post, try place.mount.path("track", environment), json: ["events": [.object(tracked)]])
        let response = try await session.send(request, or: "Error tracking \(event) in \(environment)")
        try session.show(response) { _ in
            CellText.printable("Success! Tracked \(event) of \(targetingKey) in \(environment)")
        }
    }
}
