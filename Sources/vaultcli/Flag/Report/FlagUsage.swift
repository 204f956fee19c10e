internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag usage`: how often which variation was given.
struct FlagUsage: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Show how often flags are evaluated, and to what.",
        discussion: """
            All flags of an environment, or one of them day by day. Evaluations that ended in the default of the \
            source code, because something was wrong, count under "code default".

              $ vaultcli flag usage -env=prod
              $ vaultcli flag usage shop -env=prod -days=30
            """)

    @Option(name: .flag("days"), help: "So many days back, today included; 7 without a word.") private var days: Int?
    @OptionGroup private var place: FlagReadingPlace
    @Argument(help: "Flag.") private var key: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        if let days, days <= 0 { throw .usage("-days must be a number above 0") }
        if let key, !FlagNames.isValid(key) { throw .usage(FlagNames.rule) }
        let environment = place.environment(session)
        var request = VaultRequest(.get, try place.mount.path("reports", "usage", environment))
        if let key { request.query.append(("flag", key)) }
        if let days { request.query.append(("days", String(days))) }
        guard let response = try await session.find(request, or: "Error reading \(request.path)") else {
            throw .server("There is no environment \(environment)")
        }
        let secret = try session.secret(response)
        if let key, secret.wrapInfo == nil, (secret.data["flags"]?.arrayValue ?? []).isEmpty {
            throw .server("There is no flag \(key) in \(environment)")
        }
        try session.show(response) { answer in
            let flags = answer["flags"]?.arrayValue ?? []
            guard key != nil, let flag = flags.first, flags.count == 1 else {
                return FlagUsageText.overview(flags, environment)
            }
            return FlagUsageText.one(flag)
        }
    }
}

/// How often flags were evaluated, for people.
enum FlagUsageText {
    /// A line for each flag.
    ///
    /// - Parameters:
    ///   - flags: the flags as the API has them.
    ///   - environment: the environment.
    /// - Returns: lines without a line feed at the end.
    static func overview(_ flags: [JSON], _ environment: String) -> String {
        guard !flags.isEmpty else { return "No flag was evaluated in \(environment)" }
        let rows = flags.map { flag in
            let counts = variations(flag["variations"]).map { "\($0.name) \($0.count)\(share($0.count, of: flag))" }
            return [
                CellText.field(flag["key"] ?? ""), FlagStageText.fact(flag["last_evaluated"]),
                CellText.field(flag["total"] ?? ""), counts.isEmpty ? "-" : counts.joined(separator: ", "),
            ]
        }
        return Table.columns([["Flag", "Last evaluated", "Total", "Variations"]] + rows)
    }

    /// A flag: totals of its variations, then day by day.
    ///
    /// - Parameter flag: the flag as the API has it.
    /// - Returns: lines without a line feed at the end.
    static func one(_ flag: JSON) -> String {
        let totals = variations(flag["variations"])
        var rows = [
            ("key", CellText.field(flag["key"] ?? "")),
            ("last_evaluated", FlagStageText.fact(flag["last_evaluated"])),
            ("total", CellText.field(flag["total"] ?? "")),
        ]
        rows += totals.map { ("variation \($0.name)", "\($0.count)\(share($0.count, of: flag))") }
        let days = flag["days"]?.arrayValue ?? []
        guard !days.isEmpty, !totals.isEmpty else { return Table.keyed(rows) }
        let lines = days.map { day in
            let counts = variations(day["variations"])
            return [CellText.field(day["day"] ?? "")]
                + totals.map { total in
                    String(counts.first { $0.name.bytesEqual(to: total.name) }?.count ?? 0)
                }
        }
        return Table.keyed(rows) + "\n\n" + Table.columns([["Day"] + totals.map(\.name)] + lines)
    }

    /// Names and counts; the empty name stands for the default of the source code.
    private static func variations(_ counts: JSON?) -> [(name: String, count: Int)] {
        (counts?.objectValue?.members ?? []).map { member in
            (member.name.isEmpty ? "code default" : member.name, member.value.intValue ?? 0)
        }
    }

    /// A count's share of a flag's total, exact to the tenth of a percent.
    private static func share(_ count: Int, of flag: JSON) -> String {
        guard let total = flag["total"]?.intValue, total > 0, (0...total).contains(count) else { return "" }
        // Per mille as a fraction, so that no product can overflow.
        let tenths = Int((Double(count) / Double(total) * 1_000).rounded())
        return " (\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)") + "%)"
    }
}
