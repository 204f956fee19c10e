internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config history`: who changed a value, when, how and why.
struct ConfigHistory: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show who changed a value or a key, when, how and why.",
        discussion: """
            The newest change comes first. The history is that of the value in a layer, or with -definition that of \
            what the key is. Values of sensitive keys are shown as HMACs: equal ones are equal values.

              $ vaultcli config history env/prod log.level -limit=10
              $ vaultcli config history -definition log.level
            """)

    @Flag(name: .flag("definition"), help: "Changes of what the key is.") private var ofDefinition = false
    @Option(name: .flag("limit"), help: "So many changes at most.") private var limit: Int?
    @Option(name: .flag("before"), help: "Only changes older than this version.") private var before: Int?
    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer and key; with -definition the key.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try path(session)
        var request = VaultRequest(.get, path)
        if let limit { request.query.append(("limit", String(limit))) }
        if let before { request.query.append(("before", String(before))) }
        guard let response = try await session.find(request, or: "Error reading \(path)") else {
            throw .server("No history found at \(path)")
        }
        try session.show(response, table: HistoryTable.text)
        let data = try session.secret(response).data
        if session.settings.format == .table, let oldest = HistoryTable.continuation(data) {
            session.note("There are older changes: -before=\(oldest)")
        }
    }

    private func path(_ session: Session) throws(Failure) -> String {
        if ofDefinition {
            guard words.count == 1 else { throw .usage("Expected KEY: with -definition there is no layer") }
            return try place.mount.path("history", "keys", words[0])
        }
        let (layer, key, _) = try place.entry(words, in: session)
        return try place.mount.path("history", in: layer, key)
    }
}

/// `config diff`: what differs between two versions.
struct ConfigDifference: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two versions of a value.",
        discussion: """
            Without -from and -to, what the last change changed. To compare layers, see `vaultcli diff`.

              $ vaultcli config diff env/prod db.pool -from=2 -to=5
            """)

    @Option(name: .flag("from"), help: "The earlier version; 0 is none.") private var from: Int?
    @Option(name: .flag("to"), help: "The later version.") private var to: Int?
    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer and key.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (layer, key, _) = try place.entry(words, in: session)
        let path = try place.mount.path("diff", in: layer, key)
        var request = VaultRequest(.get, path)
        if let from { request.query.append(("from", String(from))) }
        if let to { request.query.append(("to", String(to))) }
        guard let response = try await session.find(request, or: "Error reading \(path)") else {
            throw .server("\(layer.path) never said anything of \(key)")
        }
        try session.show(response) { answer in
            let lines = ChangeText.lines(of: answer)
            return lines.isEmpty ? "No difference" : lines.joined(separator: "\n")
        }
    }
}

/// `config rollback`: an earlier version as the current one.
struct ConfigRollback: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make an earlier version of a value the current one.",
        discussion: """
            It is written as a new version, so that this can be taken back too.

              $ vaultcli config rollback env/prod log.level -version=3 -reason="too much noise"
            """)

    @Option(name: .flag("version"), help: "Version to go back to.") private var version: Int
    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var place: ConfigEntryPlace
    @Argument(help: "Layer and key.") private var words: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard version > 0 else { throw .usage("-version must name the version to go back to, 1 or more") }
        let (layer, key, _) = try place.entry(words, in: session)
        let request = VaultRequest(
            .post, try place.mount.path("rollback", in: layer, key),
            json: change.body(["version": .integer(version)]))
        try await ConfigWriting.send(request, "\(key) in \(layer.path) is as in version \(version) again", session)
    }
}

/// A history for people.
enum HistoryTable {
    /// A table in which each change is followed by what it changed.
    ///
    /// - Parameter answer: the server's answer, with `versions`.
    /// - Returns: lines without a line feed at the end.
    static func text(_ answer: JSON) -> String {
        let versions = answer["versions"]?.arrayValue ?? []
        let rows = versions.map { version in
            ["version", "updated_time", "updated_by", "action", "reason"].map {
                oneLine(CellText.field(version[$0] ?? ""))
            }
        }
        let lines: [String] = Table.columns([["Version", "Time", "By", "Action", "Reason"]] + rows)
            .bytesSplit(on: 0x0A)
        guard lines.count == versions.count + 2 else { return lines.joined(separator: "\n") }
        var result = Array(lines[..<2])
        for (line, version) in zip(lines[2...], versions) {
            result.append(line)
            result += ChangeText.lines(of: version, indent: "    ")
        }
        return result.joined(separator: "\n")
    }

    /// The version before which the next page begins; `nil` when this is the last.
    ///
    /// - Parameter answer: the server's answer.
    static func continuation(_ answer: JSON) -> Int? {
        guard answer["has_more"]?.boolValue == true else { return nil }
        return answer["versions"]?.arrayValue?.last?["version"]?.intValue
    }

    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 == 0x0A ? 0x20 : $0 }, as: UTF8.self)
    }
}
