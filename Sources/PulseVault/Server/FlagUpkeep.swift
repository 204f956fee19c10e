import ServiceLifecycle
import VaultCore

/// Writes what evaluations of flags leave behind, makes scheduled changes and the steps of ramps in time, and takes
/// overrides back.
struct FlagUpkeep: Service {
    /// How often it is looked: how late a change or the end of an override can be, and what a crash loses of recorded
    /// evaluations.
    private static let interval = Duration.seconds(1)
    /// Every how many looks ramps are looked at that wait for something else than the time.
    private static let looksPerRound = 5

    let vault: Vault

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var look = 0
            // The sleep ends early only when the server does.
            while (try? await Task.sleep(for: Self.interval)) != nil {
                look = (look + 1) % Self.looksPerRound
                await vault.tendFlags(looksAround: look == 0)
            }
        }
    }
}
