import ServiceLifecycle
import VaultCore

/// Takes rollouts of configuration on in time.
struct ConfigurationUpkeep: Service {
    /// How often rollouts are looked at: how late a step can be.
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
