import ServiceLifecycle
import VaultCore

/// Removes what expired tokens have left and looks after the keyring, now and then. Expired tokens do not work whether
/// they are removed or not.
struct Upkeep: Service {
    /// The shortest and the longest time between two sweeps of tokens.
    private static let betweenSweeps = Duration.seconds(2)...Duration.seconds(30)

    /// How many times as long as a sweep took the next one waits: with many tokens it takes a share of a core only.
    private static let restPerWork = 10

    /// The time between two looks at the keyring.
    private static let betweenLooks = Duration.seconds(30)

    let vault: Vault

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let clock = ContinuousClock()
            var rest = Self.betweenSweeps.lowerBound
            var look = clock.now.advanced(by: Self.betweenLooks)
            while true {
                // The sleep ends early only when the server does.
                guard (try? await Task.sleep(for: rest)) != nil else { return }
                let begin = clock.now
                let isDone = await vault.removeExpiredTokens()
                rest = Self.rest(after: clock.now - begin, isDone: isDone)
                guard clock.now >= look else { continue }
                await vault.tendKeyring()
                look = clock.now.advanced(by: Self.betweenLooks)
            }
        }
    }

    private static func rest(after work: Duration, isDone: Bool) -> Duration {
        guard isDone else { return betweenSweeps.upperBound }
        return min(max(work * restPerWork, betweenSweeps.lowerBound), betweenSweeps.upperBound)
    }
}
