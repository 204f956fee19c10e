internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag get`: what a flag is, and how it behaves.
struct FlagGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show what a flag is and how it behaves.",
        discussion: """
            Without -env: what the flag is, and its states in all environments side by side. With -env: its state \
            there with rules and targets, now, in an earlier version, or as of a time.

              $ vaultcli flag get shop
              $ vaultcli flag get shop -env=prod -version=3
            """)

    @Option(name: .flag("env"), help: "Show the state in this environment.") private var environment: String?
    @Option(name: .flag("version"), help: "Version of the state; needs -env.") private var version: Int?
    @Option(name: .flag("as-of"), help: "State as of this time in RFC 3339 form; needs -env.")
    private var asOf: String?
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        if let environment { return try await showState(environment, session) }
        guard version == nil, asOf == nil else { throw .usage("-version and -as-of need -env: they are about a state") }
        let path = try mount.path("definitions", key)
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("No flag named \(key)")
        }
        let secret = try session.secret(response)
        guard secret.wrapInfo == nil, let definition = secret.data.objectValue else { return try session.show(secret) }
        var states = JSONObject()
        for environment in try await session.listing(try mount.path("environments")).names {
            states[environment] = try await state(environment, session)
        }
        try session.show(["definition": .object(definition), "states": .object(states)]) {
            Table.keyed(definition) + "\n\n" + Self.table(states)
        }
    }

    private func showState(_ environment: String, _ session: Session) async throws(Failure) {
        let path = try mount.path("states", environment, key)
        var request = VaultRequest(.get, path)
        if let version { request.query.append(("version", String(version))) }
        if let asOf { request.query.append(("as_of", asOf)) }
        guard let response = try await session.find(request, or: "Error reading \(path)") else {
            throw .server("Flag \(key) has no state in \(environment)")
        }
        try session.show(response) { FlagStateTable.text($0) }
    }

    /// A state for the overview: `null` without one, a text where the token may not look.
    private func state(_ environment: String, _ session: Session) async throws(Failure) -> JSON {
        let path = try mount.path("states", environment, key)
        do {
            guard let response = try await session.vault.find(VaultRequest(.get, path)) else { return .null }
            return try session.secret(response).data
        } catch let error as VaultError {
            // Many may look at staging and not at prod; that is no reason to show them nothing.
            guard error.status == 403 else { throw Failure(error, during: "Error reading \(path)") }
            return "permission denied"
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .server("Error reading \(path)")
        }
    }

    private static func table(_ states: JSONObject) -> String {
        let rows = states.members.map { member -> [String] in
            guard case .object = member.value else {
                return [member.name, member.value.stringValue ?? "-", "-", "-", "-", "-", "-"]
            }
            let state = member.value
            let counts = ["rules", "targets", "prerequisites"].map { state[$0]?.arrayValue?.count ?? 0 }
            return [
                member.name, FlagStateText.mode(state), FlagServeText.text(state["fallthrough"]), String(counts[0]),
                String(counts[1]), String(counts[2]), state["version"].map(CellText.field) ?? "-",
            ]
        }
        return Table.columns(
            [["Environment", "State", "Serves", "Rules", "Targets", "Prerequisites", "Version"]] + rows)
    }
}
