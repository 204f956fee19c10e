internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag history`: who changed a flag, when, how and why.
struct FlagHistory: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show who changed a flag, when, how and why.",
        discussion: """
            The newest change comes first. The history is that of the state in an environment, or with -definition \
            that of what the flag is.

              $ vaultcli flag history shop -env=prod -limit=10
              $ vaultcli flag history shop -definition
            """)

    @Flag(name: .flag("definition"), help: "Changes of what the flag is.") private var ofDefinition = false
    @Option(name: .flag("limit"), help: "So many changes at most, 1 to 500; 50 without a word.") private var limit: Int?
    @Option(name: .flag("before"), help: "Only changes older than this version.") private var before: Int?
    @OptionGroup private var place: FlagReadingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path =
            ofDefinition
            ? try place.mount.path("history", key)
            : try place.mount.path("history", place.environment(session), key)
        var request = VaultRequest(.get, path)
        if let limit { request.query.append(("limit", String(limit))) }
        if let before { request.query.append(("before", String(before))) }
        guard let response = try await session.find(request, or: "Error reading \(path)") else {
            throw .server("No history found at \(path)")
        }
        try session.show(response, table: Self.table)
        if session.settings.format == .table, let oldest = try Self.continuation(session.secret(response).data) {
            session.note("There are older changes: -before=\(oldest)")
        }
    }

    /// A table in which each change is followed by what it changed.
    ///
    /// - Parameter answer: the server's answer.
    /// - Returns: lines without a line feed at the end.
    static func table(_ answer: JSON) -> String {
        let versions = answer["versions"]?.arrayValue ?? []
        let rows = versions.map { version in
            ["version", "updated_time", "updated_by", "action", "reason"].map {
                oneLine(CellText.field(version[$0] ?? ""))
            }
        }
        let lines = Table.columns([["Version", "Time", "By", "Action", "Reason"]] + rows)
            .utf8.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        guard lines.count == versions.count + 2 else { return lines.joined(separator: "\n") }
        var result = Array(lines[..<2])
        for (line, version) in zip(lines[2...], versions) {
            result.append(line)
            result += FlagChange.list(version["changes"]).map { "    " + $0.line }
        }
        return result.joined(separator: "\n")
    }

    private static func continuation(_ answer: JSON) -> Int? {
        guard answer["has_more"]?.boolValue == true else { return nil }
        return answer["versions"]?.arrayValue?.last?["version"]?.intValue
    }

    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 == 0x0A ? 0x20 : $0 }, as: UTF8.self)
    }
}

/// `flag rollback`: an earlier version as the current one.
struct FlagRollback: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make an earlier version of a state the current one.",
        discussion: """
            It is written as a new version, so that this can be taken back too. A kill stays.

              $ vaultcli flag rollback shop -env=prod -version=3 -reason="back to 5%"
            """)

    @Option(name: .flag("version"), help: "Version to go back to.") private var version: Int
    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard version > 0 else { throw .usage("-version must name the version to go back to, 1 or more") }
        let state = try await FlagSwitch.send("rollback", ["version": .integer(version)], key, place, session) {
            "\(key) in \($0) is as in version \(version) again"
        }
        FlagStateText.remark(state, session)
    }
}
