internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config rollout watch`: a rollout, until it is over.
struct ConfigRolloutWatch: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follow a rollout until it is over.",
        discussion: """
            A line is printed whenever something about it has changed. The exit status is 0 when the change is made \
            for all, and 2 when it was taken back. While the server is gone, the last that is known of the rollout \
            stands, and it is said since when.

              $ vaultcli config rollout watch r1
            """)

    @Option(name: .flag("interval"), help: "How often to look, as in 2s.") private var interval = GoDuration(seconds: 2)
    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Rollout.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.get, try mount.path("rollouts", id))
        try session.printInstead(request)
        guard interval.nanoseconds > 0 else { throw .usage("-interval must be a span of time above 0") }
        var last = ""
        var outage = Outage()
        while true {
            switch await session.attempt(request) {
            case .success(nil): throw .server("There is no rollout \(id)")
            case .success(let response?):
                outage.end(session)
                let rollout = try session.secret(response).data
                let line = ConfigRolloutText.line(rollout)
                if !line.bytesEqual(to: last) {
                    let isTable = session.settings.format == .table
                    session.print(isTable ? line : String(decoding: rollout.serialized(), as: UTF8.self))
                }
                last = line
                if try Self.isOver(rollout) { return }
            case .failure(let error):
                guard Outage.isOne(error), !last.isEmpty else {
                    throw Failure(error, during: "Error reading \(request.path)")
                }
                outage.begin(error, keeping: "the last that is known of the rollout stands", session)
            }
            try await Outage.rest(.nanoseconds(interval.nanoseconds))
        }
    }

    private static func isOver(_ rollout: JSON) throws(Failure) -> Bool {
        switch rollout["phase"]?.stringValue {
        case "running", "paused", nil: return false
        case "completed": return true
        default: throw .server("")
        }
    }
}
