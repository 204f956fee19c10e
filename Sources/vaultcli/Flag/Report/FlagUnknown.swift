internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag unknown`: keys that were asked for and are not there.
struct FlagUnknown: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "unknown",
        abstract: "List keys that applications asked for and no flag has.",
        discussion: """
            They are misspelled, or were deleted while source code still names them; whoever asks gets the default of \
            the source code. Of all environments, unless -env names one.

              $ vaultcli flag unknown
              $ vaultcli flag unknown -env=prod
            """)

    @Option(name: .flag("env"), help: "Only in this environment.") private var environment: String?
    @OptionGroup private var mount: FlagMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var request = VaultRequest(.get, try mount.path("reports", "unknown"))
        if let environment { request.query.append(("environment", environment)) }
        let response = try await session.send(request, or: "Error reading \(request.path)")
        try session.show(response) { answer in
            let flags = answer["flags"]?.arrayValue ?? []
            guard !flags.isEmpty else { return "Nobody asked for a flag that is not there" }
            let rows = flags.map { flag in
                ["key", "environment", "count", "first_seen", "last_seen"].map { FlagStageText.fact(flag[$0]) }
            }
            return Table.columns([["Key", "Environment", "Count", "First seen", "Last seen"]] + rows)
        }
    }
}
