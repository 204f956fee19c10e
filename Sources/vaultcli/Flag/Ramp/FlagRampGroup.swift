internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag ramp`: a variation for more and more people, step by step.
struct FlagRampGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "ramp",
        abstract: "Give a variation to more and more people by itself.",
        discussion: """
            A ramp is a plan of steps, each wider than the one before. The server goes from step to step when a step \
            has lasted as long as it says and its gates are open; whoever has the variation keeps it on the way. A \
            flag has one ramp in an environment at most. What a ramp changes stands in the flag's history.

              $ vaultcli flag ramp start shop -env=prod -steps=1%:10m,10%,100% -approvals=1
              $ vaultcli flag ramp status shop -env=prod
              $ vaultcli flag ramp approve shop -env=prod
              $ vaultcli flag ramp abort shop -env=prod -reason="too many refunds"
            """,
        subcommands: [
            FlagRampStart.self, FlagRampStatus.self, FlagRampList.self, FlagRampAdvance.self, FlagRampApprove.self,
            FlagRampPause.self, FlagRampResume.self, FlagRampAbort.self, FlagRampDelete.self,
        ])
}

/// `flag ramp status`: how far a ramp has come.
struct FlagRampStatus: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how far a ramp has come, and what it waits for.",
        discussion: """
            A ramp is running while its step lasts; waiting when the step has lasted long enough and a gate is not \
            open; paused until someone resumes it; and over when it is aborted or finished. Samples and metrics count \
            from the beginning of the step.

              $ vaultcli flag ramp status shop -env=prod
              $ vaultcli flag ramp status shop -env=prod -field=phase
            """)

    @OptionGroup private var place: FlagReadingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = place.environment(session)
        let path = try place.mount.path("ramps", environment, key)
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("Flag \(key) has no ramp in \(environment)")
        }
        try session.show(response, table: FlagRampText.table)
    }
}

/// `flag ramp list`: the ramps of an environment.
struct FlagRampList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the flags of an environment that have a ramp.",
        discussion: """
            Ramps that are over are listed until they are deleted, or another begins.

              $ vaultcli flag ramp list -env=prod
            """)

    @OptionGroup private var place: FlagReadingPlace
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = place.environment(session)
        try await session.show(
            listing: try place.mount.path("ramps", environment), none: "No flag has a ramp in \(environment)",
            heading: ["Flag", "Phase", "Percent", "Step", "Variation"]
        ) { key, ramp in
            [
                key, CellText.field(ramp["phase"] ?? ""), ramp["percent"].map(FlagRampText.percent) ?? "",
                FlagRampText.step(ramp["step"], of: ramp["steps"]), CellText.field(ramp["target_variation"] ?? ""),
            ]
        }
    }
}
