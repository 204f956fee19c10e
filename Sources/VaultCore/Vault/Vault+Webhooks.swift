import EngineKit
package import FlagEngine
import Notation

extension Vault {
    /// How many messages a webhook sends at most before others have their turn again.
    private static let messagesAtOnce = 50

    /// Sends what waits for webhooks. Slow receivers hold up nobody but themselves within a round.
    ///
    /// - Parameter send: sends a message and tells what came of it; returns within a limited time.
    package func deliverWebhooks(
        _ send: @escaping @Sendable (WebhookMessage) async -> WebhookMessage.Outcome
    ) async {
        guard let running else { return }
        await withTaskGroup(of: Void.self) { group in
            for mounted in running.mounts.all where mounted.entry.type == "flags" {
                let mount = mounted.context
                do throws(EngineError) {
                    let due = try await running.transactor.run { transaction throws(EngineError) in
                        try FeatureFlagEngine.webhooksDue(in: mount, transaction, now: .now())
                    }.answer
                    for name in due {
                        group.addTask { await self.deliver(name, mount, running, send) }
                    }
                } catch {
                    tell(error)
                }
            }
        }
    }

    private func deliver(
        _ name: String, _ mount: MountContext, _ running: Running,
        _ send: @Sendable (WebhookMessage) async -> WebhookMessage.Outcome
    ) async {
        do throws(EngineError) {
            for _ in 0..<Self.messagesAtOnce where !Task.isCancelled {
                let message = try await running.transactor.run { transaction throws(EngineError) in
                    try FeatureFlagEngine.nextMessage(of: name, in: mount, transaction, now: .now())
                }.answer
                guard let message else { return }
                let outcome = await send(message)
                // Ended with the server: it was not the receiver's failure.
                if outcome != .taken, Task.isCancelled { return }
                _ = try await running.transactor.run { transaction throws(EngineError) in
                    try FeatureFlagEngine.note(outcome, of: message, in: mount, transaction, now: .now())
                }
                guard outcome == .taken else {
                    return log("a message could not be sent to a webhook", [("webhook", name)])
                }
            }
        } catch {
            tell(error)
        }
    }

    private func tell(_ error: EngineError) {
        // Sealing ends the round; the next unsealing begins one.
        if case .store(.sealed) = error { return }
        log("messages could not be sent to webhooks", [("reason", error.auditText)])
    }
}
