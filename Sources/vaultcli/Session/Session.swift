internal import Notation
internal import VaultClient

/// One command's dealings with the server and the user.
struct Session: Sendable {
    /// Environment and console.
    let surroundings: Surroundings
    /// What flags and environment come to.
    let settings: Settings
    /// The server.
    let vault: Vault

    /// Prepares the settings and the client of a command.
    ///
    /// - Parameters:
    ///   - command: the command, with its flags.
    ///   - surroundings: environment and console.
    /// - Throws: ``Failure`` with status 1 when a flag cannot be used, 2 when there is no client with these settings.
    init(for command: any VaultCommand, _ surroundings: Surroundings) throws(Failure) {
        self.surroundings = surroundings
        settings = try Settings(command.output, command.connection, surroundings.environment)
        guard settings.format != .raw || type(of: command).allowsRaw else {
            throw .usage("This command does not support the -format=raw option.")
        }
        do {
            vault = try surroundings.connect(settings.configuration)
        } catch {
            throw .server("Error preparing the connection: \(error)")
        }
    }

    /// Sends a request, or prints it and ends the command when that was asked for.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - context: what to say before an error, for example `Error reading secret/data/app`.
    /// - Returns: the answer.
    /// - Throws: ``Failure`` when the server refuses or cannot be reached.
    func send(_ request: VaultRequest, or context: String) async throws(Failure) -> VaultResponse {
        let request = wrapping(request)
        try printInstead(request)
        do {
            return try await vault.send(request)
        } catch {
            warn(error.warnings)
            throw Failure(error, during: context)
        }
    }

    /// Sends a request for something that may not be there; see ``send(_:or:)``.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - context: what to say before an error.
    /// - Returns: the answer, or `nil` when the server says there is nothing.
    /// - Throws: ``Failure`` when the server refuses or cannot be reached.
    func find(_ request: VaultRequest, or context: String) async throws(Failure) -> VaultResponse? {
        let request = wrapping(request)
        try printInstead(request)
        do {
            return try await vault.find(request)
        } catch {
            warn(error.warnings)
            throw Failure(error, during: context)
        }
    }

    /// Sends a request that only prepares the command's own one: it is sent in dry runs too, and never wrapped.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - context: what to say before an error.
    /// - Returns: the answer, or `nil` when the server says there is nothing.
    /// - Throws: ``Failure`` when the server refuses or cannot be reached.
    func prepare(_ request: VaultRequest, or context: String) async throws(Failure) -> VaultResponse? {
        do {
            return try await vault.find(request)
        } catch {
            throw Failure(error, during: context)
        }
    }

    /// Adds the header that asks for a wrapped answer, when that was asked for or nothing else makes sense.
    ///
    /// - Parameter request: the request.
    /// - Returns: the request to send.
    func wrapping(_ request: VaultRequest) -> VaultRequest {
        var request = request
        let isWrap =
            request.path.utf8.elementsEqual("sys/wrapping/wrap".utf8) && [.put, .post].contains(request.method)
        if let wrapTTL = settings.wrapTTL ?? (isWrap ? "5m" : nil) {
            request.headers.append(("X-Vault-Wrap-TTL", wrapTTL))
        }
        return request
    }

    /// Ends the command with the request as text, in dry runs.
    ///
    /// - Parameter request: the request that would be sent.
    /// - Throws: ``Failure`` with status 0 and the text.
    func printInstead(_ request: VaultRequest) throws(Failure) {
        switch settings.mode {
        case .send: return
        case .printPolicy: throw .finished(DryRun.policy(request))
        case .printCurl: throw .finished(try curl(request))
        }
    }

    private func curl(_ request: VaultRequest) throws(Failure) -> String {
        do {
            return try DryRun.curl(request, vault)
        } catch {
            throw Failure(error, during: "Error preparing the request")
        }
    }
}
