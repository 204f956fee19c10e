internal import ArgumentParser
internal import Notation
internal import Storage
internal import VaultClient

/// `run`: a command with configuration and secrets in its environment.
struct RunCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a command with configuration and secrets in its environment.",
        discussion: """
            The command gets this tool's environment without its token, a variable for each key of the service's \
            effective configuration (db.pool-size becomes DB_POOL_SIZE), and the secrets named. Sensitive values are \
            replaced by ******** in what the command writes, as a whole and line by line; values under 4 bytes are \
            not, and neither is what the command encodes or encrypts. Its output is a pipe then, not a terminal. \
            With -no-mask and without -on-change the command takes this tool's place.

            Signals are passed on, and the exit status is the command's, or 128 and the signal's number. With \
            -on-change the values are followed: restart sends TERM, after -grace KILL, and starts the command anew; \
            signal:HUP and the like leave fetching to the command. While the server is gone the command keeps its \
            last good values, and it is said since when. Without a server the command does not start, unless -cache \
            names a file with values of an earlier start.

              $ vaultcli run -secret DB_PASSWORD=secret/app#password -- ./server --port 8080
              $ vaultcli run -service=checkout -env=prod -on-change=restart -- ./server
              $ vaultcli run -service=checkout -env=prod -cache=/var/lib/shop/values -- ./server
            """)

    @Option(name: .flag("service"), help: "Service whose configuration it gets. [PULSEVAULT_SERVICE]")
    private var service: String?
    @Option(
        name: .flag("secret"),
        help: "Secret as NAME=PATH#FIELD or NAME=PATH@VERSION#FIELD, the path as in kv get; may be repeated.")
    private var secrets: [String] = []
    @Option(name: .flag("prefix"), help: "What the names of variables from configuration begin with.")
    private var prefix = ""
    @Option(
        name: .flag("on-change"), help: "none, restart, or signal:HUP and the like.",
        completion: .list(["none", "restart", "signal:HUP"]))
    private var reaction = RunReaction.none
    @Flag(name: .flag("only-dynamic"), help: "Changes of static keys alone are no reason.")
    private var onlyDynamic = false
    @Option(name: .flag("grace"), help: "How long the command may take to end before it is killed.")
    private var grace = GoDuration(seconds: 10)
    @Option(name: .flag("interval"), help: "How often secrets are looked at for changes.")
    private var interval = GoDuration(seconds: 30)
    @Option(name: .flag("mask"), help: "Whether sensitive values are masked in output (true or false).")
    private var masks = true
    @Flag(name: .flag("no-mask"), help: "The same as -mask=false.") private var noMask = false
    @Flag(name: .flag("keep-token"), help: "Leave this tool's token in the command's environment.")
    private var keepToken = false
    @Option(name: .flag("cache"), help: "File to keep good values in, for a start without a server.")
    private var cacheFile: String?
    @Flag(name: .flag("cache-sensitive"), help: "Keep sensitive values in it too; else they are left out.")
    private var cacheSensitive = false
    @OptionGroup private var place: ConfigServicePlace
    @Argument(parsing: .postTerminator, help: "Command and its arguments, behind --.") private var command: [String] =
        []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let plan = try plan(session)
        if let question = plan.question { try session.printInstead(question) }
        var source = RunSource(
            session, question: plan.question, secrets: plan.secrets, prefix: prefix, instance: place.instance(session))
        let values = try await firstValues(&source, plan.cache, session)
        let tooShort = values.tooShortToMask
        if isMasked, !tooShort.isEmpty {
            session.note("Too short to be masked, under 4 bytes: \(tooShort.joined(separator: ", "))")
        }
        if !values.leftOut.isEmpty {
            session.note("Left out, for the token may not see them: \(values.leftOut.joined(separator: ", "))")
        }
        let withheld = keepToken ? [] : ["PULSEVAULT_TOKEN", "VAULT_TOKEN", "BAO_TOKEN"]
        let environment: @Sendable (RunValues) -> [[UInt8]] = { values in
            OwnEnvironment.entries(adding: values.variables.map { ($0.name, $0.text) }, without: withheld)
        }
        guard isMasked || reaction != .none else {
            throw ChildProcess.become(command, environment: environment(values))
        }
        let orders = try RunOrders()
        var following: Task<Void, Never>?
        if reaction != .none {
            let follower = RunFollower(
                session, source, values, reaction, onlyDynamic: onlyDynamic, interval: plan.interval,
                cache: plan.cache, environment: environment)
            following = Task { [follower] in
                var follower = follower
                await follower.run(orders, waits: plan.question != nil)
            }
        }
        defer { following?.cancel() }
        let status = try await look(after: environment(values), values, orders)
        if status != 0 { throw Failure(message: "", status: status) }
    }

    private var isMasked: Bool { masks && !noMask }

    /// What the command line asks for, checked.
    private func plan(
        _ session: Session
    ) throws(Failure) -> (question: VaultRequest?, secrets: [RunSecret], cache: RunCache?, interval: Int64) {
        guard !command.isEmpty else { throw .usage("Name the command behind --: vaultcli run [options] -- COMMAND") }
        guard prefix.isEmpty || EnvironmentName.isValid(prefix) else {
            throw .usage("-prefix must be letters, digits and underscores, and not begin with a digit")
        }
        guard grace.nanoseconds >= 0 else { throw .usage("-grace must be a span of time") }
        guard interval.seconds >= 1 else { throw .usage("-interval must be 1s or more") }
        let secrets = try secrets.map { (text) throws(Failure) in try RunSecret(text) }
        let service = service ?? session.surroundings.environment["SERVICE"]
        guard service != nil || !secrets.isEmpty else {
            throw .usage("Say what the command gets: -service=NAME, or -secret NAME=PATH#FIELD")
        }
        let question = try service.map { (service) throws(Failure) in
            VaultRequest(.get, try place.mount.path("effective", service), query: place.query(session))
        }
        let subject: JSON = [
            "address": .string(session.vault.configuration.address),
            "namespace": session.vault.configuration.namespace.map { .string($0) } ?? .null,
            "configuration": question.map { .string(session.vault.url(of: $0)) } ?? .null,
            "secrets": .strings(secrets.map { "\($0.name)=\($0.reference)" }), "prefix": .string(prefix),
        ]
        let cache = cacheFile.map { RunCache(path: $0, keepsSensitive: cacheSensitive, subject: subject) }
        // The server must answer before this client gives up.
        let limit = session.vault.configuration.timeout / .seconds(1) - 5
        return (question, secrets, cache, min(interval.seconds, Int64(max(limit, 1)), 600))
    }

    /// The values to start with: the server's, else those of an earlier start.
    private func firstValues(
        _ source: inout RunSource, _ cache: RunCache?, _ session: Session
    ) async throws(Failure) -> RunValues {
        switch await source.fetch() {
        case .values(let values):
            try cache?.keep(values, now: .now())
            return values
        case .refused(let failure): throw failure
        case .gone(let error):
            guard let (values, since) = try cache?.read() else {
                throw Failure(error, during: "The command is not started without its values")
            }
            let reason = error.status.map { "it answers with status \($0)" } ?? error.reason
            session.note(
                CellText.printable("The server is gone (\(reason)); the command starts with the values of \(since)"))
            return values
        }
    }

    /// Starts the command and waits for its end, on a thread of its own.
    private func look(
        after environment: [[UInt8]], _ values: RunValues, _ orders: RunOrders
    ) async throws(Failure) -> Int32 {
        let patterns = isMasked ? MaskPatterns(values.maskedTexts) : nil
        let grace = Duration.nanoseconds(grace.nanoseconds)
        return try await DedicatedThread.run(whenExhausted: Failure.usage("No thread can be started")) {
            [command] () throws(Failure) in
            var loop = try RunLoop(command, environment: environment, masking: patterns, grace: grace, orders)
            return try loop.run()
        }
    }
}
