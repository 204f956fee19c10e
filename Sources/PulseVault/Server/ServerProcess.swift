import EngineKit
import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Storage
import UnixSignals
import VaultCore
import VaultCrypto

/// The running server: opens the store, makes the vault, listens, and follows signals. The only place that knows
/// every concrete part.
struct ServerProcess {
    /// What the operator asked for.
    let configuration: ServerConfiguration
    /// Called with the vault when all listeners are up.
    var whenListening: @Sendable (Vault, [String]) async -> Void = { _, _ in }
    private let underWay = RequestsUnderWay()
    private let connections = ConnectionLimit(
        limit: min(ConnectionLimit.ceiling, FileDescriptors.raiseLimit() - FileDescriptors.reserve))

    /// Makes a server that does not run yet.
    init(
        configuration: ServerConfiguration,
        whenListening: @escaping @Sendable (Vault, [String]) async -> Void = { _, _ in }
    ) {
        self.configuration = configuration
        self.whenListening = whenListening
    }

    /// Runs until a signal ends it.
    func run() async throws {
        LogOutput.setFormat(configuration.logFormat)
        LoggingSystem.bootstrap { label in LogOutput(label: label) }
        if let level = configuration.logLevel { _ = LogOutput.level(level) }
        let logger = Logger(label: "pulsevault")
        for warning in configuration.warnings { logger.warning("\(warning)") }
        if !Program.hardening.locksMemory {
            logger.warning(
                "memory cannot be locked, so keys may reach swap: raise the limit (ulimit -l) or switch swap off")
        }
        let store = try await openStore(logger)
        let vault = try await Vault(
            store: store, settings: configuration.settings, logLevel: { LogOutput.level($0) },
            log: { message, facts in logger.info("\(message)", metadata: Self.metadata(facts)) },
            alarm: { message, facts in logger.error("\(message)", metadata: Self.metadata(facts)) })
        let credentials = try configuration.listeners.map { try $0.tls.map { try TLSCredentials($0) } }
        let listening = ListeningCount(expected: configuration.listeners.count) { addresses in
            await whenListening(vault, addresses)
        }
        var services: [any Service] = []
        for (listener, credentials) in zip(configuration.listeners, credentials) {
            services.append(try server(for: listener, credentials, vault, listening, logger))
        }
        services.append(Reloading(vault: vault, credentials: credentials.compactMap(\.self), logger: logger))
        services.append(Upkeep(vault: vault))
        services.append(FlagUpkeep(vault: vault))
        services.append(ConfigurationUpkeep(vault: vault))
        services.append(WebhookDelivery(vault: vault, sender: WebhookSender(rules: configuration.webhooks)))
        services.append(EventPulse(vault: vault))
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "pulsevault")))
        try await group.run()
        // A write goes on when its client has gone, and what came of it is to be recorded.
        await underWay.waitUntilNone()
        await vault.seal()
        await store.close()
    }

    private static func metadata(_ facts: [(name: String, value: String)]) -> Logger.Metadata {
        Dictionary(facts.map { ($0.name, .string($0.value)) }) { $1 }
    }

    private func openStore(_ logger: Logger) async throws -> any SealedStore {
        switch configuration.storage {
        case .sqlite(let path):
            return try await SQLiteStore.open(at: path) { error in
                logger.critical("the storage medium failed; the server ends", metadata: ["reason": "\(error)"])
                exit(1)
            }
        case .memory, nil: return MemoryStore()
        }
    }

    private func server(
        for listener: ServerConfiguration.Listener, _ credentials: TLSCredentials?, _ vault: Vault,
        _ listening: ListeningCount, _ logger: Logger
    ) throws -> any Service {
        let responder = VaultResponder(vault: vault, underWay: underWay)
        let most = listener.connectionsPerAddress
        let builder = HTTPServerBuilder { respond in
            let channel = VaultChannel(
                vault: vault, underWay: underWay, timeouts: listener.timeouts, responder: respond)
            guard let credentials else {
                return LimitedChannel(base: channel, limit: connections, mostPerAddress: most)
            }
            return LimitedChannel(
                base: TLSVaultChannel(
                    http1: channel, timeouts: listener.timeouts, credentials: credentials, responder: respond),
                limit: connections, mostPerAddress: most)
        }
        let scheme = credentials == nil ? "http" : "https"
        return try builder.buildServer(
            configuration: .init(address: .hostname(listener.host, port: listener.port), backlog: 1024),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "pulsevault.http"),
            responder: { request, writer, channel in try await responder.respond(to: request, writer, channel) },
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? listener.port
                let host = listener.host.utf8.contains(UInt8(ascii: ":")) ? "[\(listener.host)]" : listener.host
                await listening.add("\(scheme)://\(host):\(port)")
            })
    }
}

/// Counts listeners that are up, and says so once when all of them are.
actor ListeningCount {
    private let expected: Int
    private let whenComplete: @Sendable ([String]) async -> Void
    private var addresses: [String] = []

    init(expected: Int, whenComplete: @escaping @Sendable ([String]) async -> Void) {
        self.expected = expected
        self.whenComplete = whenComplete
    }

    /// Notes one more.
    func add(_ address: String) async {
        addresses.append(address)
        if addresses.count == expected { await whenComplete(addresses) }
    }
}

/// Follows SIGHUP: certificates are read again and audit files opened again.
struct Reloading: Service {
    let vault: Vault
    let credentials: [TLSCredentials]
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            for credential in credentials {
                do {
                    try credential.reload()
                } catch {
                    logger.error(
                        "the new certificate cannot be used; the old one stays", metadata: ["reason": "\(error)"])
                }
            }
            await vault.reopenAuditFiles()
            logger.info("reloaded")
        }
    }
}
