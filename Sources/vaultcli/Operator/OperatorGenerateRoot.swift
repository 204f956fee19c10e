internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `operator generate-root`: a new root token, by a quorum.
struct OperatorGenerateRoot: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-root",
        abstract: "Make a new root token with a quorum of key shares.",
        discussion: """
            -init begins and shows a one-time password; then holders of key shares give them, one call each, until \
            the encoded token is shown; -decode decodes it here with the one-time password, without the server.

              $ vaultcli operator generate-root -init
              $ vaultcli operator generate-root -nonce=... -
              $ vaultcli operator generate-root -decode=... -otp=...
            """)

    @Flag(name: .flag("init"), help: "Begin.") private var initialize = false
    @Flag(name: .flag("cancel"), help: "Give up and forget what was given.") private var cancel = false
    @Flag(name: .flag("status"), help: "Show how far it is.") private var status = false
    @Flag(name: .flag("generate-otp"), help: "Make a one-time password for -init.") private var generateOTP = false
    @Option(name: .flag("decode"), help: "Encoded token to decode; - reads standard input.") private var decode: String?
    @Option(name: .flag("otp"), help: "One-time password, for -init and -decode.") private var otp: String?
    @Option(name: .flag("nonce"), help: "Nonce shown by -init.") private var nonce: String?
    @Argument(help: "Key share; - reads standard input, @file a file.") private var key: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func validate() throws {
        guard [initialize, cancel, status, generateOTP, decode != nil].count(where: { $0 }) < 2 else {
            throw ValidationError("Only one of -init, -cancel, -status, -generate-otp and -decode can be given")
        }
    }

    func run(in session: Session) async throws(Failure) {
        if let decode { return try show(decoding: decode, session) }
        if initialize {
            let body: JSON = otp.map { ["otp": .string($0)] } ?? .object(JSONObject())
            let started = try await exchange(.put, "attempt", json: body, session)
            if otp == nil {
                session.note("The one-time password is shown only now; -decode needs it.")
            }
            return try session.show(started) { RootGenerationText.status(started) }
        }
        if cancel {
            _ = try await session.sendAny(
                Self.requests(.delete, "attempt"), or: "Error canceling root token generation")
            return session.confirm("Success! Root token generation canceled (if it was started)")
        }
        let current = try await exchange(.get, "attempt", session)
        if generateOTP {
            return try show(passwordOfLength: current["otp_length"]?.intValue ?? 28, session)
        }
        if status { return try session.show(current) { RootGenerationText.status(current) } }
        guard current["started"]?.boolValue == true else {
            throw .usage("There is no root token generation in progress; begin with -init")
        }
        let share = try SecretInput.value(key, prompt: "Key share (will be hidden): ", session)
        let body: JSON = ["key": .string(share), "nonce": nonce.map { .string($0) } ?? current["nonce"] ?? ""]
        let answer = try await exchange(.put, "update", json: body, session)
        try session.show(answer) { RootGenerationText.status(answer) }
    }

    private func show(passwordOfLength length: Int, _ session: Session) throws(Failure) {
        let password = JSON.string(RootTokenCipher.password(length: length))
        guard session.settings.format != .table || session.settings.field != nil else {
            return session.showField(password)
        }
        try session.show(["otp": password, "otp_length": .integer(length)]) { CellText.field(password) }
    }

    private func show(decoding encoded: String, _ session: Session) throws(Failure) {
        guard let otp else { throw .usage("-decode needs -otp") }
        let encoded = try SecretInput.value(encoded, prompt: "", session)
        guard let token = RootTokenCipher.decode(encoded, password: otp) else {
            throw .usage("The encoded token does not fit the one-time password")
        }
        guard session.settings.format == .table else {
            return try session.show(["token": .string(token)]) { token }
        }
        session.showField(.string(token))
    }

    private func exchange(
        _ method: VaultRequest.Method, _ step: String, json: JSON? = nil, _ session: Session
    ) async throws(Failure) -> JSON {
        try session.data(
            try await session.sendAny(
                Self.requests(method, step, json: json), or: "Error generating a root token"))
    }

    /// The same step in Vault's spelling and in OpenBao's, which needs a token and is open where the other is closed.
    private static func requests(_ method: VaultRequest.Method, _ step: String, json: JSON? = nil) -> [VaultRequest] {
        ["sys/generate-root", "sys/generate-root-token"].map { base in
            json.map { VaultRequest(method, "\(base)/\(step)", json: $0) } ?? VaultRequest(method, "\(base)/\(step)")
        }
    }
}
