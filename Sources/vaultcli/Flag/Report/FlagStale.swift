internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag stale`: flags that have done their work.
struct FlagStale: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "stale",
        abstract: "List flags that may have done their work.",
        discussion: """
            A flag is launched when everybody has got the same one variation everywhere for a while; \
            potentially_stale when it is older than flags of its kind are meant to become, or was not evaluated for \
            long; stale when it has expired, or nobody evaluates it any more; and live otherwise. Without -stage \
            everything is listed that is not live, with the reasons. `flag scan` finds the places in source code that \
            still name a flag, and `flag archive` takes it out of use.

              $ vaultcli flag stale -owner=payments
              $ vaultcli flag stale -stage=stale -format=json
            """)

    @Option(name: .flag("owner"), help: "Only of this owner.") private var owner: String?
    @Option(
        name: .flag("stage"), help: "Only in this stage: live, launched, potentially_stale or stale.",
        completion: .list(["live", "launched", "potentially_stale", "stale"]))
    private var stage: String?
    @OptionGroup private var mount: FlagMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var request = VaultRequest(.get, try mount.path("reports", "stale"))
        request.query = [("owner", owner), ("stage", stage)].compactMap { name, value in value.map { (name, $0) } }
        let response = try await session.send(request, or: "Error reading \(request.path)")
        let filters = !request.query.isEmpty
        try session.show(response) { answer in
            let flags = answer["flags"]?.arrayValue ?? []
            guard !flags.isEmpty else { return filters ? "There is no such flag" : "Every flag is live" }
            return Table.columns(
                [["Flag", "Stage", "Owner", "Kind", "Last evaluated", "Reasons"]]
                    + flags.map { FlagStageText.row($0, ["key", "stage", "owner", "kind", "last_evaluated"]) })
        }
    }
}

/// What reports say about a flag's stage, for people.
enum FlagStageText {
    /// The row of a flag: facts, then why it is in its stage.
    ///
    /// - Parameters:
    ///   - flag: the flag as a report has it.
    ///   - names: the members shown.
    /// - Returns: the cells; a dash stands for what never was.
    static func row(_ flag: JSON, _ names: [String]) -> [String] {
        let reasons = (flag["reasons"]?.arrayValue ?? []).map { words(CellText.field($0)) }
        let kept = flag["kept_until"]?.stringValue.map { ["kept until " + $0] } ?? []
        return names.map { fact(flag[$0]) } + [(reasons + kept).joined(separator: "; ")]
    }

    private static func words(_ name: String) -> String {
        String(decoding: name.utf8.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }, as: UTF8.self)
    }

    /// A fact.
    ///
    /// - Parameter value: the value.
    /// - Returns: its text; a dash for `null` and for nothing.
    static func fact(_ value: JSON?) -> String {
        switch value {
        case nil, .null?: "-"
        case let value?: CellText.field(value)
        }
    }
}
