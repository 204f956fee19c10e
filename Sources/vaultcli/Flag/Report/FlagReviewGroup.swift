internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag review`: flags that someone should decide about.
struct FlagReviewGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Show which flags someone should decide about, and keep those that are needed.",
        discussion: """
            Without a further word: the queue of flags that are not live, owner by owner. A flag leaves it when it is \
            archived, or kept until some day.

              $ vaultcli flag review -owner=payments
              $ vaultcli flag review keep shop -until=+30d -note="the bank is late"
            """,
        subcommands: [FlagReviewList.self, FlagReviewKeep.self, FlagReviewGet.self, FlagReviewDelete.self],
        defaultSubcommand: FlagReviewList.self)
}

/// `flag review list`: the queue, owner by owner.
struct FlagReviewList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the flags to decide about, owner by owner.",
        discussion: """
            Flags that a review keeps are left out until their day comes; `flag stale` lists them too.

              $ vaultcli flag review list -owner=payments
            """)

    @Option(name: .flag("owner"), help: "Only of this owner.") private var owner: String?
    @OptionGroup private var mount: FlagMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var request = VaultRequest(.get, try mount.path("reports", "review"))
        if let owner { request.query.append(("owner", owner)) }
        let response = try await session.send(request, or: "Error reading \(request.path)")
        try session.show(response) { answer in
            let owners = answer["owners"]?.arrayValue ?? []
            let blocks = owners.compactMap { Self.block($0) }
            return blocks.isEmpty ? "There is nothing to decide about" : blocks.joined(separator: "\n\n")
        }
    }

    private static func block(_ queue: JSON) -> String? {
        let flags = queue["flags"]?.arrayValue ?? []
        guard !flags.isEmpty else { return nil }
        let owner = queue["owner"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? "no owner"
        let rows = flags.map { FlagStageText.row($0, ["key", "stage", "kind", "last_evaluated"]) }
        return CellText.printable("\(owner) (\(flags.count))") + "\n\n"
            + Table.columns([["Flag", "Stage", "Kind", "Last evaluated", "Reasons"]] + rows)
    }
}

/// `flag review keep`: a flag that is needed for longer.
struct FlagReviewKeep: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep",
        abstract: "Keep a flag out of the queue until a day.",
        discussion: """
            The flag comes back into the queue then. A later review takes the place of this one.

              $ vaultcli flag review keep shop -until=+30d
              $ vaultcli flag review keep shop -until=2027-01-31 -note="the bank is late"
            """)

    @Option(name: .flag("until"), help: "Until when: \(FlagInstant.forms).") private var until: String
    @Option(name: .flag("note"), help: "Why it is needed.") private var note: String?
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let time = try FlagInstant.parse(until, flag: "until", now: .now())
        var body: JSONObject = ["keep_until": .string(time)]
        if let note { body["note"] = .string(note) }
        let request = VaultRequest(.post, try mount.path("reviews", key), json: .object(body))
        let response = try await session.send(request, or: "Error keeping flag \(key)")
        try session.show(response) { _ in "Success! Flag \(key) is kept until \(time)" }
    }
}

/// `flag review get`: what a review decided.
struct FlagReviewGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show until when a flag is kept, and who said so.",
        discussion: """
              $ vaultcli flag review get shop
            """)

    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("reviews", key)
        guard let response = try await session.find(VaultRequest(.get, path), or: "Error reading \(path)") else {
            throw .server("Flag \(key) was not reviewed")
        }
        try session.show(try session.secret(response))
    }
}

/// `flag review delete`: a review, taken back.
struct FlagReviewDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Take a review back: the flag is in the queue again.",
        discussion: """
              $ vaultcli flag review delete shop
            """)

    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try mount.path("reviews", key))
        let response = try await session.send(request, or: "Error deleting the review of \(key)")
        try session.show(response) { _ in "Success! Deleted the review of \(key)" }
    }
}
