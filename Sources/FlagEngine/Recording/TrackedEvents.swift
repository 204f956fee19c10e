import EngineKit
import Notation

/// Something that someone did, as a service reports it.
struct TrackedEvent: Sendable {
    /// The longest name of an event in bytes.
    static let nameBytes = 128

    /// What happened; guards and experiments ask for it by this name.
    let event: String
    /// Who did it.
    let targetingKey: String
    /// How much, such as an amount or a time; 1 when nothing was said.
    let value: Double
    /// When.
    let time: Timestamp

    /// The event as records and answers show it.
    var json: JSON {
        [
            "event": .string(event), "targeting_key": .string(targetingKey), "value": .number(Self.text(value)),
            "time": .string(time.description),
        ]
    }

    /// Reads an event of a report.
    ///
    /// - Parameters:
    ///   - json: the event.
    ///   - now: the time of the report, which no event is later than.
    init(_ field: ModelField, now: Timestamp) throws(ModelError) {
        let object = try ModelObject(field, allowing: ["event", "targeting_key", "value", "at"])
        event = try object.required("event").text(limit: Self.nameBytes, isRequired: true)
        targetingKey = try object.required("targeting_key").text(limit: ModelLimits.keyBytes, isRequired: true)
        value = try object["value"].map { field throws(ModelError) in try Self.number(field) } ?? 1
        time = try field.reportedTime(object, now: now)
    }

    private static func number(_ field: ModelField) throws(ModelError) -> Double {
        guard let number = field.json.doubleValue, number.isFinite else { throw field.failure("must be a number") }
        return number
    }

    /// Reads an event back.
    init?(stored json: JSON) {
        guard let event = json["event"]?.stringValue, let key = json["targeting_key"]?.stringValue,
            let value = json["value"]?.doubleValue,
            let time = json["time"]?.stringValue.flatMap({ Timestamp(parsing: $0) })
        else { return nil }
        self.event = event
        targetingKey = key
        self.value = value
        self.time = time
    }

    private static func text(_ value: Double) -> String {
        Int64(exactly: value).map { String($0) } ?? "\(value)"
    }
}

extension ModelField {
    /// When something happened that is reported: `at`, or now.
    func reportedTime(_ object: ModelObject, now: Timestamp) throws(ModelError) -> Timestamp {
        guard let field = object["at"] else { return now }
        let time = try field.instant()
        // Clocks differ a little; what lies further ahead is a mistake.
        guard time <= now.adding(seconds: 60) else { throw field.failure("lies in the future") }
        return time
    }
}

/// The tracked events of an environment, in the batches they came in.
struct TrackLog {
    /// How many batches are kept.
    static let batchesKept: UInt64 = 10_000
    /// How many events a batch may have.
    static let batchLimit = 1_000

    let realm: Realm
    let environment: [UInt8]
    let transaction: Transaction

    /// Where the log begins and ends.
    func head() throws(EngineError) -> LogHead { try LogHead(transaction.get(headKey)) }

    /// Takes in a batch.
    func append(_ events: [TrackedEvent]) throws(EngineError) {
        guard !events.isEmpty else { return }
        var head = try head()
        head.newest += 1
        transaction.put(key(head.newest), JSON.array(events.map(\.json)).serialized())
        while head.count > Self.batchesKept {
            transaction.delete(key(head.oldest))
            head.oldest += 1
        }
        transaction.put(headKey, head.encoded)
    }

    /// The batches after a number, the oldest first.
    func page(after number: UInt64, limit: Int) throws(EngineError) -> [(number: UInt64, events: [TrackedEvent])] {
        let numbers = try head().page(after: number, limit: limit)
        try transaction.need(numbers.map { key($0) })
        var found: [(number: UInt64, events: [TrackedEvent])] = []
        for number in numbers {
            guard let bytes = try transaction.get(key(number)) else { continue }
            guard let json = try? JSON(parsing: bytes, limits: .stored), let elements = json.arrayValue else {
                throw .internalError("a batch of tracked events cannot be read")
            }
            found.append((number, elements.compactMap { TrackedEvent(stored: $0) }))
        }
        return found
    }

    private var headKey: StoreKey { StoreKey(realm, FlagRecords.trackHeads, environment) }

    private func key(_ number: UInt64) -> StoreKey {
        StoreKey(realm, FlagRecords.tracks, environment, ordinal: number)
    }
}
