import EngineKit
import Notation

/// What a webhook has not sent yet, and how sending went so far.
///
/// A message stays in the queue until its receiver took it; so each arrives at least once, in order.
struct WebhookQueue {
    /// The most messages that wait; beyond it the oldest are given up.
    static let limit: UInt64 = 1_000
    /// The shortest and the longest time before a message is tried again, in seconds.
    private static let pause = (first: 5, last: 3_600)

    private let id: String
    private let realm: Realm
    private let transaction: Transaction
    /// The first and the last message that wait.
    private(set) var head = LogHead()
    /// How many times in a row sending failed.
    private(set) var failures = 0
    /// Why it failed the last time.
    private(set) var lastError: String?
    /// When a message was taken last.
    private(set) var lastSuccess: Timestamp?
    /// Before when nothing is sent.
    private(set) var notBefore: Timestamp?
    /// How many messages were given up because too many waited.
    private(set) var givenUp = 0

    /// Reads the queue of a webhook.
    init(_ id: String, _ realm: Realm, _ transaction: Transaction) throws(EngineError) {
        self.id = id
        self.realm = realm
        self.transaction = transaction
        let bytes = try transaction.get(StoreKey(realm, FlagRecords.webhookHeads, Array(id.utf8)))
        guard let bytes else { return }
        head = try LogHead(bytes)
        guard let json = try? JSON(parsing: bytes, limits: .stored) else { return }
        func time(_ member: String) -> Timestamp? { json[member]?.stringValue.flatMap { Timestamp(parsing: $0) } }
        failures = json["f"]?.intValue ?? 0
        lastError = json["e"]?.stringValue
        lastSuccess = time("s")
        notBefore = time("b")
        givenUp = json["g"]?.intValue ?? 0
    }

    /// Adds a message.
    mutating func append(_ body: [UInt8]) {
        head.newest += 1
        transaction.put(key(head.newest), body)
        while head.count > Self.limit {
            transaction.delete(key(head.oldest))
            head.oldest += 1
            givenUp += 1
        }
        write()
    }

    /// The message that is to be sent first; `nil` when none waits.
    func first() throws(EngineError) -> (number: UInt64, body: [UInt8])? {
        guard head.count > 0, let body = try transaction.get(key(head.oldest)) else { return nil }
        return (head.oldest, body)
    }

    /// Whether something is to be sent now.
    func isDue(_ now: Timestamp) -> Bool { head.count > 0 && notBefore.map { $0 <= now } ?? true }

    /// Takes a message off, which its receiver has.
    mutating func taken(_ number: UInt64, at now: Timestamp) {
        // It may have been given up meanwhile.
        if number == head.oldest {
            transaction.delete(key(number))
            head.oldest += 1
        }
        (failures, lastError, notBefore, lastSuccess) = (0, nil, nil, now)
        write()
    }

    /// Notes that a message could not be sent.
    mutating func failed(_ reason: String, at now: Timestamp) {
        failures += 1
        lastError = reason
        // Twice as long each time: 5, 10, 20 … seconds.
        let pause = min(Self.pause.first << min(failures - 1, 16), Self.pause.last)
        notBefore = now.adding(GoDuration(.seconds(pause)))
        write()
    }

    /// Has the next message sent without waiting any longer.
    mutating func hurry() {
        notBefore = nil
        write()
    }

    /// Removes the queue with all that waits in it.
    func remove() throws(EngineError) {
        for number in head.page(after: 0, limit: Int(Self.limit)) { transaction.delete(key(number)) }
        transaction.delete(StoreKey(realm, FlagRecords.webhookHeads, Array(id.utf8)))
    }

    /// The state as answers show it.
    var data: JSONObject {
        [
            "pending": .integer(head.count), "failures": .integer(failures),
            "last_error": lastError.map { .string($0) } ?? .null,
            "last_success": lastSuccess.map { .string($0.description) } ?? .null,
            "next_attempt": notBefore.map { .string($0.description) } ?? .null, "given_up": .integer(givenUp),
        ]
    }

    private func key(_ number: UInt64) -> StoreKey {
        StoreKey(realm, FlagRecords.webhookMessages, Array(id.utf8), ordinal: number)
    }

    /// The record's JSON: `n` and `o` as in a log's head, `f` failures, `e` error, `s` success, `b` not before, `g`
    /// given up.
    private func write() {
        var object: JSONObject = [
            "n": .integer(head.newest), "o": .integer(head.oldest), "f": .integer(failures), "g": .integer(givenUp),
        ]
        if let lastError { object["e"] = .string(lastError) }
        if let lastSuccess { object["s"] = .string(lastSuccess.description) }
        if let notBefore { object["b"] = .string(notBefore.description) }
        transaction.put(
            StoreKey(realm, FlagRecords.webhookHeads, Array(id.utf8)), JSON.object(object).serialized())
    }
}
