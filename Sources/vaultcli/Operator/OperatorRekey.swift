internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `operator rekey`: new key shares.
struct OperatorRekey: VaultCommand {
    /// Whose shares are replaced.
    private enum Target: String, ExpressibleByArgument {
        /// Those that unseal.
        case barrier
        /// Those that recover, with a seal that opens itself.
        case recovery
    }

    static let configuration = CommandConfiguration(
        commandName: "rekey",
        abstract: "Replace the key shares by new ones.",
        discussion: """
            -init begins and says how many new shares there shall be; then holders of old shares give them, one call \
            each, until the threshold is reached and the new shares are shown. -verify tries the new shares before \
            the old ones stop working.

              $ vaultcli operator rekey -init -key-shares=5 -key-threshold=3
              $ vaultcli operator rekey -nonce=... -
              $ vaultcli operator rekey -cancel
            """)

    @Flag(name: .flag("init"), help: "Begin.") private var initialize = false
    @Flag(name: .flag("cancel"), help: "Give up and forget what was given.") private var cancel = false
    @Flag(name: .flag("status"), help: "Show how far it is.") private var status = false
    @Flag(name: .flag("verify"), help: "Try the new shares; with -init: require that.") private var verify = false
    @Option(name: .flag("key-shares", alias: "n"), help: "New shares to make.") private var keyShares = 5
    @Option(name: .flag("key-threshold", alias: "t"), help: "New shares needed.") private var keyThreshold = 3
    @Option(name: .flag("nonce"), help: "Nonce shown by -init.") private var nonce: String?
    @Option(name: .flag("target"), help: "barrier or recovery.") private var target = Target.barrier
    @Argument(help: "Old share (new with -verify); - reads standard input, @file a file.") private var key: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func validate() throws {
        guard [initialize, cancel, status].count(where: { $0 }) < 2 else {
            throw ValidationError("Only one of -init, -cancel and -status can be given")
        }
    }

    func run(in session: Session) async throws(Failure) {
        let step = verify && !initialize ? "verify" : "init"
        if initialize {
            return try await begin(session)
        }
        if cancel {
            _ = try await session.sendAny(requests(.delete, step), or: "Error canceling rekey")
            return session.confirm("Success! Canceled rekeying (if it was started)")
        }
        let current = try session.data(
            try await session.sendAny(requests(.get, step), or: "Error reading rekey status"))
        if status { return try session.show(current) { RekeyText.status(current) } }
        guard current["started"]?.boolValue == true || verify else {
            throw .usage("There is no rekey in progress; begin with -init")
        }
        try await submit(to: verify ? "verify" : "update", current, session)
    }

    private func begin(_ session: Session) async throws(Failure) {
        var body: JSONObject = ["secret_shares": .integer(keyShares), "secret_threshold": .integer(keyThreshold)]
        if verify { body["require_verification"] = true }
        let response = try await session.sendAny(
            requests(.put, "init", json: .object(body)), or: "Error initializing rekey")
        let status = try session.data(response)
        try session.show(status) { RekeyText.status(status) }
    }

    private func submit(to step: String, _ current: JSON, _ session: Session) async throws(Failure) {
        let key = try SecretInput.value(key, prompt: "Key share (will be hidden): ", session)
        let body: JSON = ["key": .string(key), "nonce": nonce.map { .string($0) } ?? current["nonce"] ?? ""]
        let response = try await session.sendAny(requests(.put, step, json: body), or: "Error posting the key share")
        let answer = try session.data(response)
        try session.show(answer) {
            answer["complete"]?.boolValue == true ? RekeyText.completion(answer, current) : RekeyText.status(answer)
        }
    }

    /// The same step in Vault's spelling and in OpenBao's, which needs a token and is open where the other is closed.
    private func requests(_ method: VaultRequest.Method, _ step: String, json: JSON? = nil) -> [VaultRequest] {
        let bases =
            target == .barrier ? ["sys/rekey", "sys/rotate/root"] : ["sys/rekey-recovery-key", "sys/rotate/recovery"]
        return bases.map { base in
            let method = base.utf8.starts(with: "sys/rotate".utf8) && method == .put ? .post : method
            return json.map { VaultRequest(method, "\(base)/\(step)", json: $0) }
                ?? VaultRequest(method, "\(base)/\(step)")
        }
    }
}
