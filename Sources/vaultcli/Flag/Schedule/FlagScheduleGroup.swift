internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag schedule`: changes that wait for their time.
struct FlagScheduleGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Have flags changed at a time.",
        discussion: """
            The server makes a change when its time has come, in the name of whoever asked for it. One that cannot be \
            made then, because the flag was archived meanwhile for example, stays in the list and says why.

              $ vaultcli flag schedule add shop -env=prod -at=2027-01-31T21:00:00Z -on
              $ vaultcli flag schedule list -env=prod
            """,
        subcommands: [FlagScheduleAdd.self, FlagScheduleList.self, FlagScheduleDelete.self])
}

/// `flag schedule add`: a change more that waits.
struct FlagScheduleAdd: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Have a flag changed at a time.",
        discussion: """
            The change is what the state gets in place of what it has: a JSON merge patch such as \
            {"fallthrough":{"variation":"on"}}; what it does not name stays. It is checked at once, so that what \
            cannot work is told now.

              $ vaultcli flag schedule add shop -env=prod -at=2027-01-31T22:00:00+01:00 -on
              $ vaultcli flag schedule add shop -env=prod -at=+2h -off -reason="end of sale"
              $ vaultcli flag schedule add shop -env=prod -at=+1d -change=@everyone.json
            """)

    @Option(name: .flag("at"), parsing: .unconditional, help: "When: \(FlagInstant.forms).") private var at: String
    @Flag(name: .flag("on"), help: "Switch the flag on.") private var switchesOn = false
    @Flag(name: .flag("off"), help: "Switch the flag off.") private var switchesOff = false
    @Option(
        name: .flag("change"), help: "What is to change of the state: a JSON object, @file, or - for standard input.")
    private var change: String?
    @Option(name: .flag("reason"), help: "Why; kept in the history.") private var reason: String?
    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = try place.environment(session)
        let path = try place.mount.path("schedule", environment, key)
        guard !switchesOn || !switchesOff else { throw .usage("A change cannot be both -on and -off") }
        let time = try FlagInstant.parse(at, flag: "at", now: .now())
        var patch =
            try change.map { text throws(Failure) in
                try FlagDocument.object(text, flag: "change", session.surroundings.console)
            } ?? JSONObject()
        if switchesOn || switchesOff { patch["on"] = .bool(switchesOn) }
        guard !patch.members.isEmpty else { throw .usage("Say what is to change: -on, -off or -change=@patch.json") }
        var body: JSONObject = ["at": .string(time), "change": .object(patch)]
        if let reason { body["reason"] = .string(reason) }
        let response = try await session.send(
            VaultRequest(.post, path, json: .object(body)), or: "Error scheduling a change of \(key) in \(environment)")
        try session.show(response) { scheduled in
            let id = CellText.field(scheduled["id"] ?? "")
            return CellText.printable(
                "Success! \(key) in \(environment) changes at \(CellText.field(scheduled["at"] ?? "")) (\(id))")
        }
    }
}

/// `flag schedule list`: the changes that wait, or could not be made.
struct FlagScheduleList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the changes that wait for their time, and those that could not be made.",
        discussion: """
            Those of a flag, or without one of the whole environment; the next comes first.

              $ vaultcli flag schedule list -env=prod
              $ vaultcli flag schedule list shop -env=prod -format=json
            """)

    @OptionGroup private var place: FlagReadingPlace
    @Argument(help: "Flag.") private var key: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = place.environment(session)
        let path: String
        let whose: String
        if let key {
            path = try place.mount.path("schedule", environment, key)
            whose = "flag \(key)"
        } else {
            path = try place.mount.path("schedule", environment)
            whose = "any flag"
        }
        try await session.show(
            listing: path, none: "No change of \(whose) is scheduled in \(environment)",
            heading: [key == nil ? "Flag/ID" : "ID", "Time", "Change", "By", "Status", "Reason"]
        ) { name, change in
            let status = CellText.field(change["status"] ?? "")
            let error = change["error"].map { ": " + CellText.field($0) } ?? ""
            return [name] + ["at", "change", "created_by"].map { CellText.field(change[$0] ?? "") }
                + [status + error, CellText.field(change["reason"] ?? "")]
        }
    }
}

/// `flag schedule delete`: a change that is not to be made.
struct FlagScheduleDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Take back a change that waits, or forget one that could not be made.",
        discussion: """
            The identifier is enough: the flag is looked up in the list. FLAG/ID, as the list of an environment \
            shows it, asks for no right to list.

              $ vaultcli flag schedule delete -env=prod pV3kq81xYt0c
              $ vaultcli flag schedule delete -env=prod shop/pV3kq81xYt0c
            """)

    @OptionGroup private var place: FlagKnownPlace
    @Argument(help: "Identifier, or FLAG/ID.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = try place.environment(session)
        var parts: [String] = id.bytesSplit(on: UInt8(ascii: "/"))
        if parts.count == 1 {
            let names = try await session.listing(try place.mount.path("schedule", environment)).names
            guard let found = names.first(where: { $0.hasByteSuffix("/" + id) }) else {
                throw .server("No change \(id) is scheduled in \(environment)")
            }
            parts = found.bytesSplit(on: UInt8(ascii: "/"))
        }
        guard parts.count == 2 else { throw .usage("Name the change by its identifier, or as FLAG/ID") }
        let path = try place.mount.path("schedule", environment, parts[0], parts[1])
        let response = try await session.send(VaultRequest(.delete, path), or: "Error deleting \(path)")
        try session.show(response) { _ in
            CellText.printable("Success! Deleted change \(parts[1]) of \(parts[0]) in \(environment)")
        }
    }
}
