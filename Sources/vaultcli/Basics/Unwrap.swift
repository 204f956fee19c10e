internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `unwrap`: what a wrapping token keeps.
struct Unwrap: VaultCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a wrapping token keeps.",
        discussion: """
            A wrapping token works once. Without a token the current one is taken for the wrapping token.

              $ vaultcli unwrap hvs.CAESI...
              $ vaultcli kv get -wrap-ttl=5m -field=wrapping_token secret/app | vaultcli unwrap -
            """)

    @Argument(help: "Wrapping token; - reads standard input, @file a file.") private var token: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard let token else {
            return try await show(VaultRequest(.put, "sys/wrapping/unwrap"), session)
        }
        let value = try SecretInput.value(token, prompt: "", session)
        guard session.settings.configuration.token != nil else {
            // Without a token of its own the caller is whom the wrapping token says.
            return try await show(VaultRequest(.put, "sys/wrapping/unwrap"), try session.using(token: value))
        }
        try await show(VaultRequest(.put, "sys/wrapping/unwrap", json: ["token": .string(value)]), session)
    }

    private func show(_ request: VaultRequest, _ session: Session) async throws(Failure) {
        let response = try await session.send(request, or: "Error unwrapping")
        guard !response.body.isEmpty else { return session.confirm("There is no data in the wrapping token.") }
        try session.show(try session.secret(response))
    }
}
