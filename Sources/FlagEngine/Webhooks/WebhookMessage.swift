package import EngineKit
package import Notation

/// A message for a webhook's receiver, as the background service sends it.
package struct WebhookMessage: Sendable {
    /// The webhook's name.
    package let webhook: String
    /// The same each time the message is tried, so that a receiver knows one it has already.
    package let id: String
    /// Where to.
    package let url: String
    /// The body, JSON.
    package let body: [UInt8]
    /// The key of the signature.
    package let secret: [UInt8]
    let number: UInt64

    /// What came of sending a message.
    package enum Outcome: Sendable, Equatable {
        /// The receiver took it (2xx).
        case taken
        /// It did not arrive, or was not taken; a text without anything secret.
        case failed(String)
        /// The receiver wants no more messages (410).
        case unwanted
    }

    /// A message's body (Standard Webhooks, "Payload structure"): type, time, data.
    static func body(type: String, at time: Timestamp, _ data: JSONObject) -> [UInt8] {
        JSON.object(["type": .string(type), "timestamp": .string(time.description), "data": .object(data)])
            .serialized()
    }
}

/// What the background service asks and tells about webhooks.
extension FeatureFlagEngine {
    /// The webhooks of a mount that have something to send now, by name.
    package static func webhooksDue(
        in mount: MountContext, _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) -> [String] {
        let webhooks = try Webhooks(mount.realm, transaction)
        var due: [String] = []
        for webhook in webhooks.all where webhook.isEnabled {
            if try webhooks.queue(of: webhook).isDue(now) { due.append(webhook.name) }
        }
        return due
    }

    /// The message that a webhook is to send next; `nil` when there is none, or not now.
    package static func nextMessage(
        of name: String, in mount: MountContext, _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) -> WebhookMessage? {
        let webhooks = try Webhooks(mount.realm, transaction)
        guard let webhook = webhooks.find(name), webhook.isEnabled else { return nil }
        let queue = try webhooks.queue(of: webhook)
        guard queue.isDue(now), let (number, body) = try queue.first() else { return nil }
        return WebhookMessage(
            webhook: name, id: "msg_\(webhook.id)_\(number)", url: webhook.url, body: body, secret: webhook.secret,
            number: number)
    }

    /// Notes what came of a message.
    package static func note(
        _ outcome: WebhookMessage.Outcome, of message: WebhookMessage, in mount: MountContext,
        _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) {
        var webhooks = try Webhooks(mount.realm, transaction)
        // It may be gone, or another one may have its name.
        guard var webhook = webhooks.find(message.webhook), message.id.utf8.starts(with: "msg_\(webhook.id)_".utf8)
        else { return }
        var queue = try webhooks.queue(of: webhook)
        switch outcome {
        case .taken: queue.taken(message.number, at: now)
        case .failed(let reason): queue.failed(reason, at: now)
        case .unwanted:
            queue.failed("the receiver answered 410, which switches the webhook off", at: now)
            webhook.isEnabled = false
            try webhooks.put(webhook)
        }
    }
}
