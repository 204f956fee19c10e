import EngineKit
import Notation

/// The change sets that are to be applied by themselves, in one record that the background service looks at.
struct Agenda {
    private let transaction: Transaction
    private let key: StoreKey

    init(_ scope: ChangeSetScope) { self.init(scope.request.mount.realm, scope.transaction) }

    init(_ realm: Realm, _ transaction: Transaction) {
        self.transaction = transaction
        key = StoreKey(realm, ChangeSetRecords.agenda, [])
    }

    /// Takes a change set in or out, as it is scheduled or not.
    func note(_ set: ChangeSet) throws(EngineError) {
        guard set.phase == .scheduled, let schedule = set.schedule else { return try remove(set.id) }
        var items = try self.items()
        items[set.id] = .string(schedule.time.description)
        put(items)
    }

    /// Takes a change set out.
    func remove(_ id: String) throws(EngineError) {
        var items = try self.items()
        guard items[id] != nil else { return }
        items[id] = nil
        put(items)
    }

    /// Those whose time has come.
    func due(at now: Timestamp) throws(EngineError) -> [String] {
        try items().members.filter { member in
            guard let time = member.value.stringValue.flatMap({ Timestamp(parsing: $0) }) else { return true }
            return time <= now
        }.map(\.name)
    }

    private func items() throws(EngineError) -> JSONObject {
        guard let bytes = try transaction.get(key) else { return [:] }
        guard let items = (try? JSON(parsing: bytes, limits: .stored))?.objectValue else {
            throw .internalError("the agenda of change sets cannot be read")
        }
        return items
    }

    private func put(_ items: JSONObject) { transaction.put(key, JSON.object(items).serialized()) }
}
