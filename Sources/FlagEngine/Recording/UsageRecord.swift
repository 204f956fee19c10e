import EngineKit
import Notation

/// How often a flag was evaluated in an environment, day by day.
struct UsageRecord: Sendable {
    /// How many days are kept.
    static let daysKept = 90

    /// One day (UTC).
    struct Day: Sendable {
        /// The date, such as `2026-11-23`.
        let date: String
        /// Evaluations by variation; an empty name stands for the caller's own default.
        var variations: [(name: String, count: UInt64)]

        /// Adds to a variation's count.
        mutating func add(_ name: String, _ count: UInt64) {
            guard let place = variations.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                return variations.append((name, count))
            }
            let sum = variations[place].count.addingReportingOverflow(count)
            variations[place].count = sum.overflow ? .max : sum.partialValue
        }
    }

    /// When the flag was last evaluated.
    var last: Timestamp?
    /// The days on which it was, the oldest first.
    var days: [Day] = []

    /// The days from one on.
    ///
    /// - Parameter first: the first date.
    func days(from first: String) -> [Day] { days.filter { !$0.date.utf8.lexicographicallyPrecedes(first.utf8) } }

    /// Adds counts.
    ///
    /// - Parameters:
    ///   - counts: as a tally tells them: first without a variation, then each variation's.
    ///   - variations: the variations' names in the definition's order.
    mutating func add(_ counts: [UInt64], _ variations: [String], at time: Timestamp) {
        last = time
        let date = Self.date(of: time)
        if days.last.map({ !$0.date.utf8.elementsEqual(date.utf8) }) ?? true {
            days.append(Day(date: date, variations: []))
            if days.count > Self.daysKept { days.removeFirst(days.count - Self.daysKept) }
        }
        for (name, count) in zip([""] + variations, counts) where count > 0 {
            days[days.count - 1].add(name, count)
        }
    }

    /// The counts of several days as those of one.
    static func total(of days: [Day]) -> [(name: String, count: UInt64)] {
        var total = Day(date: "", variations: [])
        for day in days { for (name, count) in day.variations { total.add(name, count) } }
        return total.variations
    }

    /// The date of a time in UTC.
    static func date(of time: Timestamp) -> String {
        String(decoding: time.description.utf8.prefix(10), as: UTF8.self)
    }

    /// The record's JSON: `l` last, `d` days, each by its date.
    var encoded: [UInt8] {
        let days = JSONObject(days.map { day in .init(name: day.date, value: Self.json(day.variations)) })
        return JSON.object(["l": last.map { .string($0.description) } ?? .null, "d": .object(days)]).serialized()
    }

    /// A record without counts.
    init() {}

    /// Reads a record back; an empty one when there is none.
    init(_ bytes: [UInt8]?) throws(EngineError) {
        guard let bytes else { return }
        guard let json = try? JSON(parsing: bytes, limits: .stored), let days = json["d"]?.objectValue else {
            throw .internalError("the usage of a flag cannot be read")
        }
        last = json["l"]?.stringValue.flatMap { Timestamp(parsing: $0) }
        self.days = days.members.map { member in
            let counts = member.value.objectValue?.members ?? []
            return Day(
                date: member.name,
                variations: counts.map { ($0.name, UInt64(clamping: $0.value.intValue ?? 0)) })
        }
    }

    /// Counts by name as an object.
    static func json(_ variations: [(name: String, count: UInt64)]) -> JSON {
        .object(JSONObject(variations.map { .init(name: $0.name, value: .integer($0.count)) }))
    }
}

/// The keys that were asked for in an environment and that no flag has.
struct UnknownFlags: Sendable {
    /// One key.
    struct Entry: Sendable {
        let key: String
        var count: UInt64
        let first: Timestamp
        var last: Timestamp
    }

    /// The keys; the one that was asked for last comes last.
    var entries: [Entry] = []

    /// Adds what was asked for; beyond the limit, the keys that were not asked for the longest go.
    mutating func add(_ unknown: [[UInt8]: EvaluationRecorder.Unknown]) {
        for (name, found) in unknown {
            let earlier = entries.firstIndex { $0.key.utf8.elementsEqual(name) }.map { entries.remove(at: $0) }
            entries.append(
                Entry(
                    key: String(decoding: name, as: UTF8.self), count: (earlier?.count ?? 0) &+ found.count,
                    first: earlier?.first ?? found.first, last: found.last))
        }
        entries.sort { $0.last < $1.last }
        if entries.count > EvaluationRecorder.unknownLimit {
            entries.removeFirst(entries.count - EvaluationRecorder.unknownLimit)
        }
    }

    /// The record's JSON: for each key `c` count, `f` first, `l` last.
    var encoded: [UInt8] {
        JSON.object(
            JSONObject(
                entries.map { entry in
                    .init(
                        name: entry.key,
                        value: [
                            "c": .integer(entry.count), "f": .string(entry.first.description),
                            "l": .string(entry.last.description),
                        ])
                })
        ).serialized()
    }

    /// Reads a record back; an empty one when there is none.
    init(_ bytes: [UInt8]?) throws(EngineError) {
        guard let bytes else { return }
        guard let json = try? JSON(parsing: bytes, limits: .stored), let object = json.objectValue else {
            throw .internalError("the unknown flags of an environment cannot be read")
        }
        entries = object.members.compactMap { member in
            guard let first = member.value["f"]?.stringValue.flatMap({ Timestamp(parsing: $0) }),
                let last = member.value["l"]?.stringValue.flatMap({ Timestamp(parsing: $0) })
            else { return nil }
            return Entry(
                key: member.name, count: UInt64(clamping: member.value["c"]?.intValue ?? 0), first: first, last: last)
        }
    }
}
