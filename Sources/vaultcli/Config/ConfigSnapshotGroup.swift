internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config snapshot`: revisions with names.
struct ConfigSnapshotGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Give revisions names, to look at and to pin.",
        discussion: """
            A snapshot names a revision of the whole mount and never changes.

              $ vaultcli config snapshot create before-sale
              $ vaultcli config effective checkout -env=prod -snapshot=before-sale
            """,
        subcommands: [
            ConfigSnapshotCreate.self, ConfigSnapshotGet.self, ConfigSnapshotList.self, ConfigSnapshotDelete.self,
        ])
}

/// `config snapshot create`: a revision with a name.
struct ConfigSnapshotCreate: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Name a revision.",
        discussion: """
            Without -revision, the present one.

              $ vaultcli config snapshot create before-sale
              $ vaultcli config snapshot create known-good -revision=41
            """)

    @Option(name: .flag("revision"), help: "The revision to name.") private var revision: Int?
    @Option(name: .flag("reason"), help: "Why; kept with it.") private var reason: String?
    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Name.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var body = JSONObject()
        if let revision { body["revision"] = .integer(revision) }
        if let reason { body["reason"] = .string(reason) }
        let request = VaultRequest(.post, try mount.path("snapshots", name), json: .object(body))
        let response = try await session.send(request, or: "Error making snapshot \(name)")
        try session.show(response) { snapshot in
            let at = snapshot["revision"].map { " at revision \(CellText.field($0))" } ?? ""
            return CellText.printable("Success! Snapshot \(name)\(at)")
        }
    }
}

/// `config snapshot get`: what a name stands for.
struct ConfigSnapshotGet: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show a snapshot.",
        discussion: """
              $ vaultcli config snapshot get before-sale
            """)

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Name.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.showRecord(try mount.path("snapshots", name), none: "There is no snapshot \(name)")
    }
}

/// `config snapshot list`: the names.
struct ConfigSnapshotList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the snapshots.",
        discussion: """
              $ vaultcli config snapshot list
            """)

    @OptionGroup private var mount: ConfigMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await session.show(
            listing: try mount.path("snapshots"), none: "There are no snapshots",
            heading: ["Snapshot", "Revision", "By", "Time"]
        ) { name, snapshot in
            [name] + ["revision", "created_by", "created_time"].map { CellText.field(snapshot[$0] ?? "") }
        }
    }
}

/// `config snapshot delete`: a name less.
struct ConfigSnapshotDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a snapshot; the revision stays in the history.",
        discussion: """
              $ vaultcli config snapshot delete before-sale
            """,
        aliases: ["rm"])

    @OptionGroup private var mount: ConfigMount
    @Argument(help: "Name.") private var name: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try mount.path("snapshots", name))
        let response = try await session.send(request, or: "Error deleting snapshot \(name)")
        try session.show(response) { _ in "Success! Deleted snapshot \(name)" }
    }
}
