internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag segment`: groups that rules refer to.
struct FlagSegmentGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "segment",
        abstract: "Keep groups that rules refer to.",
        discussion: """
            A segment belongs to an environment; a rule refers to it with -if=segment:NAME.

              $ vaultcli flag segment put beta -env=prod -if=plan=beta -include=user-7
            """,
        subcommands: [FlagSegmentList.self, FlagSegmentGet.self, FlagSegmentPut.self, FlagSegmentDelete.self])
}

/// `flag segment list`: the segments of an environment.
struct FlagSegmentList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the segments of an environment.",
        discussion: """
              $ vaultcli flag segment list -env=prod
            """)

    @OptionGroup private var place: FlagReadingPlace
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try place.mount.path("segments", place.environment(session))
        try await List.send(VaultRequest(.get, path, query: [("list", "true")]), in: session)
    }
}

/// `flag segment get`: who is in a segment.
struct FlagSegmentGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show who is in a segment.",
        discussion: """
              $ vaultcli flag segment get beta -env=prod
            """)

    @OptionGroup private var place: FlagReadingPlace
    @Argument(help: "Segment.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = place.environment(session)
        let path = try place.mount.path("segments", environment, name)
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("No segment named \(name) in \(environment)")
        }
        try session.show(response, table: Self.table)
    }

    private static func table(_ segment: JSON) -> String {
        let conditions = (segment["conditions"]?.arrayValue ?? []).map(FlagCondition.text)
        let isAny = segment["match"]?.stringValue?.bytesEqual(to: "any") ?? false
        var rows = [("name", CellText.field(segment["name"] ?? ""))]
        rows.append(("conditions", conditions.joined(separator: isAny ? " or " : " and ")))
        for list in ["include", "exclude"] {
            let keys = segment[list]?.arrayValue?.compactMap(\.stringValue) ?? []
            // A list can have a hundred thousand; the machine formats show them all.
            rows.append(
                (list, keys.prefix(10).joined(separator: ", ") + (keys.count > 10 ? ", … (\(keys.count))" : "")))
        }
        let facts = ["version", "revision", "action", "reason", "updated_by", "updated_time"]
        rows += facts.compactMap { name in segment[name].map { (name, CellText.cell($0)) } }
        return Table.keyed(rows)
    }
}

/// `flag segment put`: a segment, new or replaced.
struct FlagSegmentPut: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Write a segment.",
        discussion: """
            Replaces the segment of that name. Someone excluded is not in it whatever else says so; someone included \
            is, whatever the conditions say. Long lists come from a JSON file with the members conditions, match, \
            include and exclude; what the command line names is put in their place.

              $ vaultcli flag segment put beta -env=qa -if=plan=b -if=staff=true -match=any
              $ vaultcli flag segment put beta -env=prod -cas=3 @beta.json
            """)

    /// How many conditions must hold.
    private enum Match: String, ExpressibleByArgument {
        case all, any
    }

    @Option(name: .flag("if"), help: ArgumentHelp(FlagCondition.help)) private var conditions: [String] = []
    @Option(name: .flag("match"), help: "all or any: how many of the conditions must hold.") private var match: Match?
    @Option(name: .flag("include"), help: "Targeting key that is always in it; may be repeated.")
    private var include: [String] = []
    @Option(name: .flag("exclude"), help: "Targeting key that is never in it; may be repeated.")
    private var exclude: [String] = []
    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Segment.") private var name: String
    @Argument(help: "@file.json, or - for standard input.") private var file: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = try place.environment(session)
        let path = try place.mount.path("segments", environment, name)
        var body = try KeyValueInput.parse(file.map { [$0] } ?? [], session.surroundings.console)
        if !conditions.isEmpty { body["conditions"] = .array(try FlagCondition.parse(conditions)) }
        if let match { body["match"] = .string(match.rawValue) }
        if !include.isEmpty { body["include"] = .strings(include) }
        if !exclude.isEmpty { body["exclude"] = .strings(exclude) }
        guard !body.members.isEmpty else { throw .usage("Say who is in the segment: -if, -include, @file.json") }
        let request = VaultRequest(.post, path, json: place.change.body(body))
        let response = try await session.send(request, or: "Error writing segment \(name) in \(environment)")
        try session.show(response) { FlagStateText.done("Wrote segment \(name) in \(environment)", $0) }
    }
}

/// `flag segment delete`: a segment less.
struct FlagSegmentDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove a segment that no rule refers to.",
        discussion: """
              $ vaultcli flag segment delete beta -env=staging
            """)

    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Segment.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = try place.environment(session)
        let path = try place.mount.path("segments", environment, name)
        let request = VaultRequest(.delete, path, query: place.change.query)
        let response = try await session.send(request, or: "Error deleting segment \(name) in \(environment)")
        try session.show(response) { _ in "Success! Deleted segment \(name) in \(environment)" }
    }
}
