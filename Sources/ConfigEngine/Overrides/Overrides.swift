import EngineKit
import Notation

/// The overrides of a mount within one transaction, all of them in one record: each write looks whether it meets one.
struct Overrides {
    /// How many there may be at once.
    static let limit = 200

    private let scope: ConfigScope

    init(_ scope: ConfigScope) { self.scope = scope }

    /// All of them, the oldest first.
    func all() throws(EngineError) -> [Override] {
        guard let bytes = try scope.transaction.get(key) else { return [] }
        guard let members = (try? JSON(parsing: bytes, limits: .stored))?.objectValue?.members else {
            throw .internalError("the overrides of a mount of configuration cannot be read")
        }
        return members.compactMap { Override($0.name, stored: $0.value) }
    }

    /// One of them; `nil` when it is not there any more.
    func find(_ id: String) throws(EngineError) -> Override? { try all().first { $0.id.bytesEqual(to: id) } }

    /// Takes one in.
    func add(_ override: Override) throws(EngineError) {
        let others = try all()
        guard others.count < Self.limit else {
            throw .invalid("the mount has \(Self.limit) overrides, which is the most it can")
        }
        put(others + [override])
    }

    /// Takes one out.
    func remove(_ override: Override) throws(EngineError) {
        put(try all().filter { !$0.id.bytesEqual(to: override.id) })
    }

    private func put(_ overrides: [Override]) {
        let members = overrides.map { JSONObject.Member(name: $0.id, value: $0.stored) }
        scope.transaction.put(key, JSON.object(JSONObject(members)).serialized())
    }

    private var key: StoreKey { StoreKey(scope.realm, ConfigRecords.overrides, []) }
}
