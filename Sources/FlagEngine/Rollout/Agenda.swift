import EngineKit
package import Notation

/// What the background service has to do in a mount, and when: one record, so that a look at it is cheap.
///
/// Whatever is done takes its item off the agenda in the same commit. So of several that do it at once, one does.
struct Agenda {
    /// The most items a mount can have.
    static let limit = 10_000

    private let key: StoreKey
    private let transaction: Transaction
    /// The items, by time.
    private(set) var items: [AgendaItem]

    /// Reads the agenda of a mount.
    init(_ realm: Realm, _ transaction: Transaction) throws(EngineError) {
        key = StoreKey(realm, FlagRecords.agenda, [])
        self.transaction = transaction
        items = []
        guard let bytes = try transaction.get(key) else { return }
        guard let json = try? JSON(parsing: bytes, limits: .stored), let elements = json.arrayValue else {
            throw .internalError("the agenda of a mount of flags cannot be read")
        }
        items = elements.compactMap { AgendaItem($0) }
    }

    /// Puts an item on the agenda in the place of the one for the same work.
    mutating func set(_ item: AgendaItem) throws(EngineError) {
        let others = items.filter { !$0.isSameWork(as: item) }
        guard others.count < Self.limit else {
            throw .invalid("the mount has \(Self.limit) scheduled changes and running ramps, which is the most it can")
        }
        put((others + [item]).sorted { $0.due < $1.due })
    }

    /// Takes an item off the agenda.
    mutating func remove(_ item: AgendaItem) {
        let others = items.filter { !$0.isSameWork(as: item) }
        if others.count < items.count { put(others) }
    }

    /// Takes everything about a flag off the agenda, in one environment or in all.
    mutating func removeAll(of flag: [UInt8], in environment: [UInt8]? = nil) {
        let others = items.filter { item in
            item.flag != flag || environment.map { $0 != item.environment } ?? false
        }
        if others.count < items.count { put(others) }
    }

    private mutating func put(_ items: [AgendaItem]) {
        self.items = items
        transaction.put(key, JSON.array(items.map(\.json)).serialized())
    }
}

/// One piece of work for the background service.
package struct AgendaItem: Sendable, Equatable {
    /// What is to be done.
    package enum Work: Sendable, Equatable {
        /// Let a ramp go on, if it may.
        case ramp
        /// Make the scheduled change of an identifier.
        case change(id: String)
        /// Remove what was recorded about a flag that is gone.
        case clearing
    }

    /// The work.
    package let work: Work
    /// The environment; empty for all.
    package let environment: [UInt8]
    /// The flag's key.
    package let flag: [UInt8]
    /// When it is due.
    package let due: Timestamp
    /// Whether it is looked at now and then before it is due, because something may have happened.
    package let isWatched: Bool

    init(_ work: Work, _ environment: [UInt8], _ flag: [UInt8], due: Timestamp, isWatched: Bool = false) {
        self.work = work
        self.environment = environment
        self.flag = flag
        self.due = due
        self.isWatched = isWatched
    }

    /// The path that the work would have as a request, for the audit.
    package var path: [UInt8] {
        let place = FlagScope.path(environment, flag)
        return switch work {
        case .ramp: Array("ramps/".utf8) + place + Array("/advance".utf8)
        case .change(let id): Array("schedule/".utf8) + place + Array("/\(id)".utf8)
        case .clearing: Array("definitions/".utf8) + flag
        }
    }

    func isSameWork(as other: AgendaItem) -> Bool {
        work == other.work && environment == other.environment && flag == other.flag
    }

    /// The item's JSON: `t` due, `e` environment, `f` flag, `k` kind, `i` identifier, `w` watched.
    var json: JSON {
        var object: JSONObject = [
            "t": .string(due.description), "e": .string(String(decoding: environment, as: UTF8.self)),
            "f": .string(String(decoding: flag, as: UTF8.self)),
        ]
        switch work {
        case .ramp: object["k"] = "ramp"
        case .change(let id):
            object["k"] = "change"
            object["i"] = .string(id)
        case .clearing: object["k"] = "clearing"
        }
        if isWatched { object["w"] = true }
        return .object(object)
    }

    init?(_ json: JSON) {
        guard let due = json["t"]?.stringValue.flatMap({ Timestamp(parsing: $0) }),
            let environment = json["e"]?.stringValue, let flag = json["f"]?.stringValue
        else { return nil }
        switch json["k"]?.stringValue {
        case "ramp": work = .ramp
        case "change": work = .change(id: json["i"]?.stringValue ?? "")
        case "clearing": work = .clearing
        default: return nil
        }
        self.due = due
        self.environment = Array(environment.utf8)
        self.flag = Array(flag.utf8)
        isWatched = json["w"]?.boolValue ?? false
    }
}
