import FlagEngine
import Notation
import Synchronization
import Testing
@testable import VaultCore

/// What is sent to webhooks, in which order, how often, and what is given up.
struct WebhookTests {
    /// A receiver that notes what it is sent, and answers as it is told.
    private final class Receiver: Sendable {
        private let state = Mutex<(messages: [WebhookMessage], answers: [WebhookMessage.Outcome])>(([], []))

        func take(_ message: WebhookMessage) -> WebhookMessage.Outcome {
            state.withLock { state in
                state.messages.append(message)
                return state.answers.isEmpty ? .taken : state.answers.removeFirst()
            }
        }

        func answerNext(_ outcomes: WebhookMessage.Outcome...) { state.withLock { $0.answers = outcomes } }

        /// What came since the last time that was asked.
        func messages() -> [WebhookMessage] {
            state.withLock { state in
                defer { state.messages = [] }
                return state.messages
            }
        }
    }

    private static let url = "https://hooks.example.com/exposures"

    /// A vault with a flag in `dev` and a webhook named `w`.
    private static func withWebhook(
        _ more: JSONObject = [:],
        _ body: (_ vault: Vault, _ root: String, _ receiver: Receiver) async throws -> Void
    ) async throws {
        try await withUnsealedVault { vault, root in
            let definition: JSON = ["type": "boolean", "record_exposures": true]
            #expect(try await vault.ask(.write, "flags/definitions/f", as: root, definition).status == 200)
            let state: JSON = ["on": true, "fallthrough": ["variation": "on"]]
            #expect(try await vault.ask(.write, "flags/states/dev/f", as: root, state).status == 200)
            var webhook: JSONObject = ["url": .string(url)]
            for member in more.members { webhook[member.name] = member.value }
            #expect(try await vault.ask(.write, "flags/webhooks/w", as: root, .object(webhook)).status == 200)
            try await body(vault, root, Receiver())
        }
    }

    private static func expose(_ person: String, _ vault: Vault, _ root: String) async throws {
        let report: JSON = ["exposures": [["targeting_key": .string(person), "variation": "on"]]]
        #expect(try await vault.ask(.write, "flags/exposures/dev/f", as: root, report).status == 200)
    }

    private static func people(_ messages: [WebhookMessage]) throws -> [String] {
        try messages.flatMap { message in
            try JSON(parsing: message.body)["data"]?["exposures"]?.arrayValue?
                .compactMap { $0["targeting_key"]?.stringValue } ?? []
        }
    }

    @Test func messagesComeInOrderAndEachOnceWhenTheyAreTaken() async throws {
        try await Self.withWebhook { vault, root, receiver in
            for person in ["ada", "bob", "ada", "eve"] { try await Self.expose(person, vault, root) }
            await vault.deliverWebhooks { receiver.take($0) }
            let messages = receiver.messages()
            #expect(try Self.people(messages) == ["ada", "bob", "eve"])
            #expect(Set(messages.map(\.id)).count == 3)
            await vault.deliverWebhooks { receiver.take($0) }
            #expect(receiver.messages().isEmpty)
        }
    }

    @Test func aFailureHoldsBackWhatComesAfterAndEachPauseIsTwiceAsLong() async throws {
        try await Self.withWebhook { vault, root, receiver in
            for person in ["ada", "bob"] { try await Self.expose(person, vault, root) }
            var now = Timestamp.now()
            var id: String?
            for pause in [5, 10, 20, 40] {
                receiver.answerNext(.failed("no"))
                await vault.deliverWebhooks(clock: { [now] in now }) { receiver.take($0) }
                let tried = receiver.messages()
                #expect(tried.count == 1 && (id == nil || tried.first?.id == id))
                id = tried.first?.id
                let early = now.adding(GoDuration(.seconds(pause) - .milliseconds(1)))
                await vault.deliverWebhooks(clock: { early }) { receiver.take($0) }
                #expect(receiver.messages().isEmpty)
                now = now.adding(GoDuration(.seconds(pause)))
            }
            await vault.deliverWebhooks(clock: { [now] in now }) { receiver.take($0) }
            #expect(try Self.people(receiver.messages()) == ["ada", "bob"])
        }
    }

    @Test func thePauseIsAnHourAtMost() async throws {
        try await Self.withWebhook { vault, root, receiver in
            try await Self.expose("ada", vault, root)
            var now = Timestamp.now()
            for _ in 0..<40 {
                receiver.answerNext(.failed("no"))
                await vault.deliverWebhooks(clock: { [now] in now }) { receiver.take($0) }
                #expect(receiver.messages().count == 1)
                now = now.adding(GoDuration(.seconds(3_600)))
            }
        }
    }

    @Test func whatIsTooMuchIsGivenUpTheOldestFirst() async throws {
        try await Self.withWebhook { vault, root, receiver in
            for number in 1...1_002 { try await Self.expose("person-\(number)", vault, root) }
            let state = try await vault.ask(.read, "flags/webhooks/w", as: root).data
            #expect(state?["pending"]?.intValue == 1_000)
            #expect(state?["given_up"]?.intValue == 2)
            receiver.answerNext(.taken, .failed("enough"))
            await vault.deliverWebhooks { receiver.take($0) }
            #expect(try Self.people(receiver.messages()) == ["person-3", "person-4"])
        }
    }

    @Test func aWebhookMadeAnewIsNotSentWhatTheOneBeforeDidNotSend() async throws {
        try await Self.withWebhook { vault, root, receiver in
            try await Self.expose("ada", vault, root)
            #expect(try await vault.ask(.delete, "flags/webhooks/w", as: root).status == 204)
            let webhook: JSON = ["url": .string(Self.url)]
            #expect(try await vault.ask(.write, "flags/webhooks/w", as: root, webhook).status == 200)
            try await Self.expose("bob", vault, root)
            await vault.deliverWebhooks { receiver.take($0) }
            #expect(try Self.people(receiver.messages()) == ["bob"])
        }
    }

    @Test func whatHappensWhileAWebhookIsOffIsNotSent() async throws {
        try await Self.withWebhook(["enabled": false]) { vault, root, receiver in
            try await Self.expose("ada", vault, root)
            #expect(try await vault.ask(.write, "flags/webhooks/w", as: root, ["enabled": true]).status == 200)
            try await Self.expose("bob", vault, root)
            await vault.deliverWebhooks { receiver.take($0) }
            #expect(try Self.people(receiver.messages()) == ["bob"])
        }
    }

    @Test func anOutcomeThatComesAfterTheWebhookWasDeletedChangesNothing() async throws {
        try await Self.withWebhook { vault, root, receiver in
            try await Self.expose("ada", vault, root)
            await vault.deliverWebhooks { message in
                _ = try? await vault.ask(.delete, "flags/webhooks/w", as: root)
                return receiver.take(message)
            }
            #expect(receiver.messages().count == 1)
            #expect(try await vault.ask(.read, "flags/webhooks/w", as: root).status == 404)
        }
    }
}
