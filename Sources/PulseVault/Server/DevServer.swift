import Identity
import Notation
import Storage
import VaultCore
import VaultCrypto

/// The server to try things out with: in memory, initialised, unsealed, with `secret/` mounted.
struct DevServer {
    let rootToken: String?
    let address: String?
    let logLevel: String?
    let logFormat: LogOutput.Format?
    let keyValueVersion: String

    /// Runs until a signal ends it.
    func run() async throws {
        var configuration = ServerConfiguration()
        configuration.storage = .memory
        configuration.settings.allowsAuditDevices = true
        configuration.settings.allowsUnauthenticatedRekey = true
        configuration.settings.allowsUnauthenticatedGenerateRoot = true
        configuration.webhooks.allowed = ["127.0.0.0/8", "::1"].compactMap { AddressRange(parsing: $0) }
        configuration.settings.allowsPlainWebhooks = true
        configuration.logLevel = logLevel ?? "warn"
        if let logFormat { configuration.logFormat = logFormat }
        var listener = ServerConfiguration.Listener()
        if let address {
            guard let (host, port) = ServerConfiguration.hostAndPort(address) else {
                throw ServerConfiguration.Fault(message: "-dev-listen-address must be host:port")
            }
            (listener.host, listener.port) = (host, port)
        }
        configuration.listeners = [listener]
        try await ServerProcess(configuration: configuration) { vault, addresses in
            await prepare(vault, addresses)
        }.run()
    }

    private func prepare(_ vault: Vault, _ addresses: [String]) async {
        let made: InitializedVault
        do {
            made = try await vault.initialize(SealConfiguration(shares: 1, threshold: 1))
            for share in made.shares { try await vault.submit(share) }
        } catch {
            StandardStreams.fail("the dev server could not be initialised: \(error)")
        }
        let share = made.shares[0]
        let token = await chosenToken(vault, made.rootToken)
        let mount: JSON = [
            "type": "kv", "description": "key/value secret storage", "options": ["version": .string(keyValueVersion)],
        ]
        _ = await send(.write, "sys/mounts/secret", token: token, mount, to: vault)
        let key = share.bytes.withSpan { span in Base64.encode((0..<span.count).map { span[$0] }) }
        StandardStreams.print(
            """
            WARNING! dev mode is enabled! In this mode the server runs entirely in memory and starts unsealed with a
            single unseal key. The root token is known to everybody who can read this. Never use it for data that
            matters.

            You may need to set the following environment variables:

                $ export VAULT_ADDR='\(addresses.first ?? "")'

            Unseal Key: \(key)
            Root Token: \(token)

            """)
    }

    /// Replaces the first root token by the one that was asked for.
    private func chosenToken(_ vault: Vault, _ first: String) async -> String {
        guard let rootToken, !rootToken.utf8.isEmpty else { return first }
        let wish: JSON = ["id": .string(rootToken), "policies": ["root"], "no_parent": true, "display_name": "root"]
        let answer = await send(.write, "auth/token/create", token: first, wish, to: vault)
        guard answer?.status == 200 else { return first }
        _ = await send(.write, "auth/token/revoke-self", token: first, [:], to: vault)
        return rootToken
    }

    private func send(
        _ verb: VaultRequest.Verb, _ path: String, token: String, _ body: JSON, to vault: Vault
    ) async -> VaultResponse? {
        guard let path = try? RequestPath(checking: Array(path.utf8)) else { return nil }
        return await vault.respond(
            to: VaultRequest(
                id: SecureRandom.uuid(), verb: verb, path: path, token: ClientToken(token.utf8),
                body: body.serialized()))
    }
}
