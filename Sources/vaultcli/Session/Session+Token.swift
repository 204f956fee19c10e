internal import VaultClient

extension Session {
    private init(_ surroundings: Surroundings, _ settings: Settings, _ vault: Vault) {
        self.surroundings = surroundings
        self.settings = settings
        self.vault = vault
    }

    /// The same session with another token.
    ///
    /// - Parameter token: the token to send; `nil` sends none.
    /// - Returns: a session that otherwise behaves the same.
    /// - Throws: ``Failure`` with status 1 when no client can be made.
    func using(token: String?) throws(Failure) -> Session {
        var configuration = settings.configuration
        configuration.token = token
        do {
            return Session(surroundings, settings, try surroundings.connect(configuration))
        } catch {
            throw Failure(error, during: "Error preparing the connection")
        }
    }

    /// Sends the first request that this server's routes allow.
    ///
    /// Vault and OpenBao spell some routes differently, and each may leave the other's out or closed.
    ///
    /// - Parameters:
    ///   - requests: the same request in different spellings, at least one.
    ///   - context: what to say before an error.
    /// - Returns: the answer.
    /// - Throws: ``Failure`` with the last refusal.
    func sendAny(_ requests: [VaultRequest], or context: String) async throws(Failure) -> VaultResponse {
        for request in requests.dropLast() {
            try printInstead(request)
            do {
                return try await vault.send(request)
            } catch {
                guard let status = error.status, [403, 404, 405].contains(status) else {
                    throw Failure(error, during: context)
                }
            }
        }
        guard let last = requests.last else { throw .usage("There is nothing to send") }
        return try await send(last, or: context)
    }
}
