internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag ramp start`: a ramp, begun with its first step.
struct FlagRampStart: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Begin to give a variation to more and more people.",
        discussion: """
            Each step is a share and how long it lasts at least; without a time it ends as soon as its gates are open. \
            The first step is in force at once, and the flag must be on already. What the ramp widens is what those \
            get whom no target and no rule names, as with `flag rollout`.

            Gates hold a ramp back at the end of a step: -approvals waits for people, -sample for enough people who \
            were given a variation, -guard for a metric that services track (`flag track`) and that must stay within \
            its bound. A guard is watched while the step lasts too: beyond the bound the ramp pauses, or with :abort \
            everyone gets again what they got before the ramp. A metric that nobody tracks keeps the ramp waiting. \
            These gates stand behind each step but the last. Other gates for other steps, and those that wait for a \
            time, come from a JSON object with the members target_variation and steps.

              $ vaultcli flag ramp start shop -env=prod -steps=1%:10m,10%:1h,50%:1h,100%
              $ vaultcli flag ramp start shop -env=prod -to=b -steps=5%:1d,100% -approvals=2
              $ vaultcli flag ramp start shop -env=prod -steps=5%,100% -guard='errors<=0.05'
              $ vaultcli flag ramp start shop -env=prod -plan=@plan.json
            """)

    @Option(name: .flag("to"), help: "The variation that spreads; on, unless it or the plan says another.")
    private var variation: String?
    @Option(name: .flag("steps"), help: "The steps: SHARE[:TIME] each, with commas between.")
    private var steps: String?
    @Option(name: .flag("plan"), help: "Steps with their gates as a JSON object, @file, or - for standard input.")
    private var plan: String?
    @OptionGroup private var gates: FlagRampGates
    @Option(name: .flag("reason"), help: "Why; kept in the history.") private var reason: String?
    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = try place.environment(session)
        let path = try place.mount.path("ramps", environment, key)
        let request = VaultRequest(.post, path, json: .object(try body(session.surroundings.console)))
        let response = try await session.send(request, or: "Error starting a ramp of \(key) in \(environment)")
        try FlagRampMove.show(response, session)
    }

    private func body(_ console: Console) throws(Failure) -> JSONObject {
        let gates = try gates.json()
        var body: JSONObject
        switch (steps, plan) {
        case (let text?, nil):
            let steps = try FlagRampStep.list(text)
            guard gates.isEmpty || steps.count > 1 else {
                throw .usage("Gates stand between steps, and -steps has one step only")
            }
            body = ["target_variation": "on", "steps": FlagRampStep.json(steps, gates: gates)]
        case (nil, let text?):
            guard gates.isEmpty else {
                throw .usage("A plan has its gates in it; -approvals, -sample and -guard go with -steps")
            }
            body = try FlagDocument.object(text, flag: "plan", console)
            if body["target_variation"] == nil { body["target_variation"] = "on" }
        default: throw .usage("Say the steps: -steps=1%:10m,10%:1h,100%, or -plan=@file.json")
        }
        if let variation { body["target_variation"] = .string(variation) }
        if let reason { body["reason"] = .string(reason) }
        return body
    }
}
