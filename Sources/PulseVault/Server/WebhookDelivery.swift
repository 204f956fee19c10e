import ServiceLifecycle
import VaultCore

/// Sends what waits for webhooks.
struct WebhookDelivery: Service {
    /// How often it is looked what waits.
    private static let interval = Duration.seconds(1)

    let vault: Vault
    let sender: WebhookSender

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The sleep ends early only when the server does.
            while (try? await Task.sleep(for: Self.interval)) != nil {
                await vault.deliverWebhooks { await sender.send($0) }
            }
        }
    }
}
