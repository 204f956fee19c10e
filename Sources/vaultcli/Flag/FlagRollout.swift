internal import ArgumentParser
internal import Notation

/// `flag rollout`: a variation for a share of everyone.
struct FlagRollout: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Give a variation to a share of everyone.",
        discussion: """
            Sets what those get whom no target and no rule names. Who is in the share is decided by the flag's salt \
            and the targeting key, so a share that grows keeps everyone it has, and moves nobody between other \
            variations. The state is read and written back only if nobody else wrote in between. Rolling out does not \
            switch a flag on, unless -on is given.

              $ vaultcli flag rollout shop -env=prod -to=5% -on -reason="canary"
              $ vaultcli flag rollout shop -env=prod -to=25%
              $ vaultcli flag rollout theme -env=prod -to=12.5% -variation=dark
            """)

    @Option(name: .flag("to"), help: "The share: 0 to 100 percent, with at most three decimals.")
    private var share: Percent
    @Option(name: .flag("variation"), help: "The variation that is rolled out.") private var variation = "on"
    @Flag(name: .flag("on"), help: "Switch the flag on too, in the same change.") private var switchesOn = false
    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let change = try await FlagStateChange(key, place, session)
        var patch: JSONObject = ["fallthrough": try serve(instead: change.present)]
        if switchesOn { patch["on"] = true }
        try await change.write(
            patch, line: "\(share.text) get \(variation) of \(key) in \(change.environment)", session)
    }

    private func serve(instead present: JSONObject?) throws(Failure) -> JSON {
        // Without a state only the server knows the off variation, which the others get.
        guard let present else { return ["percent": .number(share.number), "variation": .string(variation)] }
        guard let split = FlagSplit(present["fallthrough"]) else {
            throw .server("The server's answer has no fallthrough that this tool understands")
        }
        guard let after = split.giving(variation, share, others: present["off_variation"]?.stringValue) else {
            throw .usage("\(variation) is what those outside of the share would get too; name another with -variation")
        }
        return after.json
    }
}
