import ServiceLifecycle
import VaultCore

/// Keeps streams of events alive, and ends them before the server goes: it would wait for them otherwise.
struct EventPulse: Service {
    /// How often a sign of life is sent; shorter than what proxies take for a dead connection.
    static let interval = Duration.seconds(15)
    let vault: Vault

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The sleep ends early only when the server does.
            while (try? await Task.sleep(for: Self.interval)) != nil { vault.pulseStreams() }
        }
        vault.endStreams()
    }
}
