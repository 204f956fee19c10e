internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config instance`: who runs with what.
struct ConfigInstanceGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "instance",
        abstract: "See which instances run with which configuration.",
        discussion: """
            Instances report what they have applied. One is acknowledged when the hash that it reports is that of what \
            it should have, and silent when it has not reported for three of its intervals.

              $ vaultcli config instance list checkout
            """,
        subcommands: [
            ConfigInstanceList.self, ConfigInstanceGet.self, ConfigInstanceReport.self, ConfigInstanceDelete.self,
        ])
}

/// `config instance list`: the instances of a service.
struct ConfigInstanceList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the instances of a service.",
        discussion: """
              $ vaultcli config instance list checkout
            """)

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Service.") private var service: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.show(
            listing: try mount.path("instances", service), none: "No instance of \(service) has reported",
            heading: ["Instance", "Environment", "Status", "Acknowledged", "Drift", "Restart needed", "Last seen"]
        ) { id, instance in
            [id]
                + ["env", "status", "acknowledged", "drift", "restart_needed", "last_seen"].map {
                    CellText.field(instance[$0] ?? "")
                }
        }
    }
}

/// `config instance get`: one of them.
struct ConfigInstanceGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show what an instance reported.",
        discussion: """
              $ vaultcli config instance get checkout i-1
            """)

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Service.") private var service: String
    @Argument(help: "Instance.") private var instance: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.showRecord(
            try mount.path("instances", service, instance), none: "\(instance) of \(service) has not reported")
    }
}

/// `config instance report`: what an instance has applied, in its place.
struct ConfigInstanceReport: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report what an instance has applied.",
        discussion: """
            Instances report themselves; this is for scripts that stand in for one, and for tries. Without -hash the \
            report says what the server would serve now.

              $ vaultcli config instance report checkout i-1 -env=prod -applied -metric errors=0.2
            """)

    @Option(name: .flag("revision"), help: "The revision applied.") private var revision: Int?
    @Option(name: .flag("hash"), help: "The hash applied.") private var hash: String?
    @Flag(name: .flag("applied"), help: "It is in force.") private var applied = false
    @Flag(name: .flag("restart-needed"), help: "Something of it waits for a restart.") private var restartNeeded = false
    @Option(name: .flag("error"), help: "What went wrong; may be repeated.") private var errors: [String] = []
    @Option(name: .flag("metric"), help: "A measure as name=number; may be repeated.") private var metrics: [String] =
        []
    @Option(name: .flag("interval"), help: "How often it reports, as in 30s.") private var interval: GoDuration?
    @Option(name: .flag("env"), help: "Environment. [PULSEVAULT_ENVIRONMENT]") private var env: String?
    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Service.") private var service: String
    @Argument(help: "Instance.") private var instance: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("instances", service, instance)
        let env = env ?? session.surroundings.environment["ENVIRONMENT"]
        var body: JSONObject = ["applied": .bool(applied), "restart_needed": .bool(restartNeeded)]
        if let env { body["env"] = .string(env) }
        var (revision, hash) = (revision.map { JSON.integer($0) }, hash.map { JSON.string($0) })
        if hash == nil {
            var query: [(name: String, value: String)] = [("instance", instance)]
            if let env { query.append(("env", env)) }
            let question = VaultRequest(.get, try mount.path("effective", service), query: query)
            let answer = try await session.prepare(question, or: "Error reading \(question.path)")
            let served = try answer.map { (answer) throws(Failure) in try session.secret(answer).data }
            (revision, hash) = (revision ?? served?["revision"], served?["hash"])
            if !restartNeeded, let fixed = served?["static_hash"] { body["static_hash"] = fixed }
        }
        if let revision { body["revision"] = revision }
        if let hash { body["hash"] = hash }
        if !errors.isEmpty { body["errors"] = .strings(errors) }
        if let interval { body["interval"] = .integer(interval.seconds) }
        let measures = try numbers()
        if !measures.members.isEmpty { body["metrics"] = .object(measures) }
        let response = try await session.send(
            VaultRequest(.put, path, json: .object(body)), or: "Error reporting \(instance) of \(service)")
        try session.show(response) { _ in "Success! Reported \(instance) of \(service)" }
    }

    private func numbers() throws(Failure) -> JSONObject {
        var result = JSONObject()
        for metric in metrics {
            let (name, text) = try KeyValueInput.pair(metric, flag: "metric")
            // The number's text is sent as it was typed.
            guard case .number(let number)? = try? JSON(parsing: text) else {
                throw .usage("-metric: the value of \(name) must be a number")
            }
            result[name] = .number(number)
        }
        return result
    }
}

/// `config instance delete`: one that is gone for good.
struct ConfigInstanceDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Forget an instance that is gone for good.",
        discussion: """
              $ vaultcli config instance delete checkout i-1
            """,
        aliases: ["rm"])

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Service.") private var service: String
    @Argument(help: "Instance.") private var instance: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try mount.path("instances", service, instance))
        let response = try await session.send(request, or: "Error deleting \(instance) of \(service)")
        try session.show(response) { _ in "Success! Forgot \(instance) of \(service)" }
    }
}
