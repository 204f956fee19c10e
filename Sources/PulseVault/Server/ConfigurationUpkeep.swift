import ServiceLifecycle
import VaultCore

/// Looks after configuration, and applies change sets in time.
struct ConfigurationUpkeep: Service {
    /// How often it is looked: how late a step of a rollout, the end of an override or a change set can be.
    private static let interval = Duration.seconds(1)

    let vault: Vault

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The sleep ends early only when the server does.
            while (try? await Task.sleep(for: Self.interval)) != nil {
                await vault.tendConfiguration()
                await vault.tendChangeSets()
            }
        }
    }
}
