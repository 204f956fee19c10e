import EngineKit
import Notation

/// The webhooks of a mount: one record, so that what is recorded finds them at once.
struct Webhooks {
    /// The most webhooks a mount can have.
    static let limit = 20

    /// The webhooks, by name.
    private(set) var all: [Webhook]
    private let realm: Realm
    private let transaction: Transaction

    /// Reads the webhooks of a mount.
    init(_ realm: Realm, _ transaction: Transaction) throws(EngineError) {
        self.realm = realm
        self.transaction = transaction
        all = []
        guard let bytes = try transaction.get(Self.key(realm)) else { return }
        guard let json = try? JSON(parsing: bytes, limits: .stored), let elements = json.arrayValue else {
            throw .internalError("the webhooks of a mount of flags cannot be read")
        }
        all = elements.compactMap { Webhook($0) }
    }

    /// The webhook of a name.
    func find(_ name: String) -> Webhook? { all.first { $0.name.utf8.elementsEqual(name.utf8) } }

    /// Puts a webhook in the place of the one of the same name.
    mutating func put(_ webhook: Webhook) throws(EngineError) {
        let others = all.filter { !$0.name.utf8.elementsEqual(webhook.name.utf8) }
        guard others.count < Self.limit else { throw .invalid("a mount can have \(Self.limit) webhooks at most") }
        write((others + [webhook]).sorted { Array($0.name.utf8).lexicographicallyPrecedes($1.name.utf8) })
    }

    /// Removes a webhook and what it had not sent yet.
    mutating func remove(_ webhook: Webhook) throws(EngineError) {
        write(all.filter { !$0.name.utf8.elementsEqual(webhook.name.utf8) })
        try queue(of: webhook).remove()
    }

    /// What a webhook has not sent yet.
    func queue(of webhook: Webhook) throws(EngineError) -> WebhookQueue {
        try WebhookQueue(webhook.id, realm, transaction)
    }

    /// Has exposures sent to whoever wants them.
    ///
    /// - Parameters:
    ///   - exposures: new ones of one series, with their numbers.
    func send(
        _ exposures: [(number: UInt64, exposure: Exposure)], of series: AssignmentSeries
    ) throws(EngineError) {
        guard let newest = exposures.last?.exposure.time else { return }
        for webhook in all where webhook.takes(series) {
            var queue = try queue(of: webhook)
            let data: JSONObject = [
                "environment": .string(String(decoding: series.environment, as: UTF8.self)),
                "flag": .string(String(decoding: series.flag, as: UTF8.self)),
                "exposures": .array(exposures.map { .object($0.exposure.data(number: $0.number)) }),
            ]
            queue.append(WebhookMessage.body(type: "exposures.recorded", at: newest, data))
        }
    }

    private mutating func write(_ webhooks: [Webhook]) {
        all = webhooks
        transaction.put(Self.key(realm), JSON.array(webhooks.map(\.json)).serialized())
    }

    private static func key(_ realm: Realm) -> StoreKey { StoreKey(realm, FlagRecords.webhooks, []) }
}
