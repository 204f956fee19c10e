internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config rollout`: changes that reach instances step by step.
struct ConfigRolloutGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Give instances a change step by step, and take it back when it does harm.",
        discussion: """
            A rollout gives a change of a layer to a share of the instances first, and to more with each step. A step \
            ends when it has lasted as long as it says and enough of its live instances have applied the change; when \
            a guard is broken, everybody has again what they had before. After the last step the change is written.

              $ vaultcli config rollout start r1 service/checkout -change pool.size=50 -step=10%:5m -step=100%
              $ vaultcli config rollout watch r1
              $ vaultcli config rollout abort r1 -reason="too many errors"
            """,
        subcommands: [
            ConfigRolloutStart.self, ConfigRolloutGet.self, ConfigRolloutList.self, ConfigRolloutWatch.self,
            ConfigRolloutAdvance.self, ConfigRolloutPause.self, ConfigRolloutResume.self, ConfigRolloutAbort.self,
            ConfigRolloutDelete.self,
        ])
}

/// `config rollout start`: a rollout, begun with its first step.
struct ConfigRolloutStart: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Begin to give instances a change.",
        discussion: """
            A step is SHARE[:HOLD[:ACKNOWLEDGED]]: the share of the instances, for how long it is held at least, and \
            which share of its live instances must have applied the change, all of them without a word. Guards bound \
            the mean of a metric that instances report, and hold for every step. Values are read as by `config set`.

              $ vaultcli config rollout start r1 service/checkout/env/prod -change pool.size=50 \\
                    -step=10%:5m:90% -step=50%:10m -step=100% -guard='errors<=0.01' -reason="more load"
              $ vaultcli config rollout start r2 env/prod -unset proxy.url -step=5%:1h -step=100%
            """)

    @Option(name: .flag("change"), help: "A key and its value, as KEY=VALUE, KEY=@file or KEY=-; may be repeated.")
    private var changes: [String] = []
    @Option(name: .flag("unset"), help: "A key that is to have no value; may be repeated.") private var unset:
        [String] = []
    @Option(name: .flag("step"), help: "SHARE[:HOLD[:ACKNOWLEDGED]], as in 10%:5m; may be repeated.")
    private var steps: [String]
    @Option(name: .flag("guard"), help: "Bound of a metric: 'METRIC<=N' or 'METRIC>=N'; may be repeated.")
    private var guards: [String] = []
    @Option(name: .flag("timeout"), help: "Take the change back when a step takes longer, as in 1h.")
    private var timeout: GoDuration?
    @Option(name: .flag("reason"), help: "Why; kept in the history.") private var reason: String?
    @OptionGroup private var place: ConfigLayerOptions
    @Argument(help: "Name of the rollout.") private var id: String
    @Argument(help: "Layer.") private var word: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let layer = try place.layer(word, session)
        let path = try place.mount.path("rollouts", id)
        let guards = try guards.map { (text) throws(Failure) in try ConfigRolloutStep.bound(text) }
        let steps = try steps.map { (text) throws(Failure) -> JSON in
            var step = try ConfigRolloutStep.parse(text)
            if !guards.isEmpty { step["guards"] = .array(guards) }
            if let timeout { step["timeout"] = .integer(timeout.seconds) }
            return .object(step)
        }
        var body: JSONObject = [
            "layer": .string(layer.path), "changes": .object(try await values(session)), "steps": .array(steps),
        ]
        if let reason { body["reason"] = .string(reason) }
        let response = try await session.send(
            VaultRequest(.post, path, json: .object(body)), or: "Error starting rollout \(id)")
        try session.show(response) { "Success! " + ConfigRolloutText.line($0) }
    }

    private func values(_ session: Session) async throws(Failure) -> JSONObject {
        var values = JSONObject()
        for change in changes {
            let (key, word) = try KeyValueInput.pair(change, flag: "change")
            guard values[key] == nil else { throw .usage("-change: \(key) is given twice") }
            values[key] = try await ConfigValue.read(word, of: key, type: nil, place.mount, session)
        }
        for key in unset {
            guard values[key] == nil else { throw .usage("-unset: \(key) is given twice") }
            values[key] = ["$unset": true]
        }
        guard !values.members.isEmpty else { throw .usage("Say what changes: -change KEY=VALUE or -unset KEY") }
        return values
    }
}

/// `config rollout get`: how far one has come.
struct ConfigRolloutGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show how far a rollout has come, and what it waits for.",
        discussion: """
              $ vaultcli config rollout get r1
              $ vaultcli config rollout get r1 -field=phase
            """)

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Rollout.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.showRecord(try mount.path("rollouts", id), none: "There is no rollout \(id)")
    }
}

/// `config rollout list`: all that are remembered.
struct ConfigRolloutList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the rollouts.",
        discussion: """
            Those that are over are listed until they are deleted.

              $ vaultcli config rollout list
            """)

    @OptionGroup private var mount: ConfigMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.show(
            listing: try mount.path("rollouts"), none: "There are no rollouts",
            heading: ["Rollout", "Phase", "Layer", "Keys", "Percent", "Step", "Note"]
        ) { id, rollout in
            let keys = rollout["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let step = "\(CellText.field(rollout["step"] ?? "")) of \(CellText.field(rollout["steps"] ?? ""))"
            return [id] + ["phase", "layer"].map { CellText.field(rollout[$0] ?? "") }
                + [keys.joined(separator: ","), CellText.field(rollout["percent"] ?? ""), step]
                + [CellText.field(rollout["note"] ?? "")]
        }
    }
}
