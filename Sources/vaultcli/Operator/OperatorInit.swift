internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `operator init`: keys and root token of a new server.
struct OperatorInit: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Initialise a new server: make its keys and its root token.",
        discussion: """
            The key shares and the root token are shown once and kept nowhere. Give the shares to different people: \
            so many as the threshold says are needed to unseal the server. With -status the exit status is 0 when \
            the server is initialised and 2 when it is not.

              $ vaultcli operator init -key-shares=5 -key-threshold=3
            """)

    @Option(name: .flag("key-shares", alias: "n"), help: "Key shares to make. (default: 5)")
    private var keyShares: Int?
    @Option(name: .flag("key-threshold", alias: "t"), help: "Key shares needed to unseal. (default: 3)")
    private var keyThreshold: Int?
    @Option(name: .flag("recovery-shares"), help: "Recovery shares, with a seal that opens itself. (default: 5)")
    private var recoveryShares: Int?
    @Option(name: .flag("recovery-threshold"), help: "Recovery shares needed. (default: 3)")
    private var recoveryThreshold: Int?
    @Flag(name: .flag("status"), help: "Only tell whether the server is initialised.") private var status = false
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard !status else { return try await showStatus(session) }
        let seal = try await session.prepare(VaultRequest(.get, "sys/seal-status"), or: "Error checking seal status")
        let opensItself = try seal.map { response throws(Failure) in
            try session.data(response)["recovery_seal"]?.boolValue ?? false
        }
        let shares = InitialShares(
            isRecovery: opensItself ?? false, shares: keyShares, threshold: keyThreshold,
            recoveryShares: recoveryShares, recoveryThreshold: recoveryThreshold)
        let response = try await session.send(
            VaultRequest(.put, "sys/init", json: shares.body), or: "Error initializing")
        let answer = try session.data(response)
        try session.show(shares.document(answer)) { shares.text(answer) }
    }

    private func showStatus(_ session: Session) async throws(Failure) {
        let request = VaultRequest(.get, "sys/init")
        let answer = try session.data(try await session.send(request, or: "Error checking initialization status"))
        let isInitialized = answer["initialized"]?.boolValue ?? false
        // The capital letter is that of Vault's tool.
        try session.show(["Initialized": .bool(isInitialized)]) {
            isInitialized ? "Vault is initialized" : "Vault is not initialized"
        }
        if !isInitialized { throw Failure(message: "", status: 2) }
    }
}
