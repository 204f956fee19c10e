internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `operator key-status`: the key that encrypts new data.
struct OperatorKeyStatus: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "key-status",
        abstract: "Show which key encrypts new data, and since when.",
        discussion: """
              $ vaultcli operator key-status
            """)

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        try await Self.show(try await session.send(Self.request, or: "Error reading key status"), session)
    }

    /// The question.
    static let request = VaultRequest(.get, "sys/key-status")

    /// Shows the answer.
    ///
    /// - Parameters:
    ///   - response: the answer.
    ///   - session: the session.
    /// - Throws: ``Failure`` when it cannot be read.
    static func show(_ response: VaultResponse, _ session: Session) async throws(Failure) {
        let data = try session.data(response)
        let status: JSONObject = [
            "term": data["term"] ?? 0, "install_time": data["install_time"] ?? "",
            "encryptions": data["encryptions"] ?? 0,
        ]
        try session.show(.object(status)) {
            Table.plain([
                ["Key Term", CellText.cell(status["term"] ?? 0)],
                ["Install Time", CellText.cell(status["install_time"] ?? "")],
                ["Encryption Count", CellText.cell(status["encryptions"] ?? 0)],
            ])
        }
    }
}

/// `operator rotate`: a new key for new data.
struct OperatorRotate: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new key for new data.",
        discussion: """
            Data written before stays readable. Key shares do not change; see `operator rekey` for those.

              $ vaultcli operator rotate
            """)

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        _ = try await session.sendAny(
            [VaultRequest(.put, "sys/rotate"), VaultRequest(.post, "sys/rotate/keyring")], or: "Error rotating key")
        session.confirm("Success! Rotated key\n")
        let request = OperatorKeyStatus.request
        guard let response = try await session.prepare(request, or: "Error reading key status") else { return }
        try await OperatorKeyStatus.show(response, session)
    }
}
