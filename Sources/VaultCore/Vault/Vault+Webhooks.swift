import EngineKit
package import FlagEngine
package import Notation

extension Vault {
    /// For how long a webhook begins to send messages before the next round, which waits for all.
    private static let turn = Duration.seconds(5)

    /// Sends what waits for webhooks, for each of them what came first; a slow receiver holds up the others for a turn.
    ///
    /// - Parameters:
    ///   - clock: tells the time.
    ///   - send: sends a message and tells what came of it; returns within a limited time.
    package func deliverWebhooks(
        clock: @escaping @Sendable () -> Timestamp = { .now() },
        _ send: @escaping @Sendable (WebhookMessage) async -> WebhookMessage.Outcome
    ) async {
        guard let running else { return }
        await withTaskGroup(of: Void.self) { group in
            for mounted in running.mounts.all where mounted.entry.type == "flags" {
                let mount = mounted.context
                do throws(EngineError) {
                    let due = try await running.transactor.run { transaction throws(EngineError) in
                        try FeatureFlagEngine.webhooksDue(in: mount, transaction, now: clock())
                    }.answer
                    for name in due {
                        group.addTask { await self.deliver(name, mount, running, clock, send) }
                    }
                } catch {
                    tell(error)
                }
            }
        }
    }

    private func deliver(
        _ name: String, _ mount: MountContext, _ running: Running, _ clock: @Sendable () -> Timestamp,
        _ send: @Sendable (WebhookMessage) async -> WebhookMessage.Outcome
    ) async {
        do throws(EngineError) {
            let end = ContinuousClock.now + Self.turn
            while !Task.isCancelled, ContinuousClock.now < end {
                let message = try await running.transactor.run { transaction throws(EngineError) in
                    try FeatureFlagEngine.nextMessage(of: name, in: mount, transaction, now: clock())
                }.answer
                guard let message else { return }
                let outcome = await send(message)
                // Ended with the server: it was not the receiver's failure.
                if outcome != .taken, Task.isCancelled { return }
                _ = try await running.transactor.run { transaction throws(EngineError) in
                    try FeatureFlagEngine.note(outcome, of: message, in: mount, transaction, now: clock())
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
