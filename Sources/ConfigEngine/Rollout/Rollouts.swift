import EngineKit
import Notation

/// The rollouts of a mount within one transaction.
struct Rollouts {
    /// How many may be on their way at once.
    static let limit = 100

    private let scope: ConfigScope

    init(_ scope: ConfigScope) { self.scope = scope }

    /// A rollout with its document; `nil` when there is none.
    func find(_ id: String) throws(EngineError) -> (rollout: Rollout, document: StoredDocument)? {
        guard let document = try scope.documents.current(.rollout, Array(id.utf8)), !document.isDeleted else {
            return nil
        }
        return (try Rollout(id, document), document)
    }

    /// The rollout that the path names.
    func asked() throws(EngineError) -> (rollout: Rollout, document: StoredDocument) {
        guard let found = try find(try scope.name("id")) else { throw .notFound }
        return found
    }

    /// Those that are on their way, by the mount's agenda.
    func running() throws(EngineError) -> [Rollout] {
        let names = try agenda()
        try scope.transaction.need(names.map { StoreKey(scope.realm, ConfigRecords.rollouts, Array($0.utf8)) })
        var found: [Rollout] = []
        for name in names {
            if let rollout = try find(name)?.rollout, rollout.state.phase.isServed { found.append(rollout) }
        }
        return found
    }

    /// The identifiers of those that are on their way.
    func agenda() throws(EngineError) -> [String] {
        guard let bytes = try scope.transaction.get(key) else { return [] }
        guard let names = (try? JSON(parsing: bytes, limits: .stored))?.arrayValue else {
            throw .internalError("the agenda of a mount of configuration cannot be read")
        }
        return names.compactMap(\.stringValue)
    }

    /// Writes how far a rollout has come, and what the agenda says of it.
    ///
    /// - Parameter isDeleted: whether the rollout is forgotten with it.
    func put(
        _ rollout: Rollout, after document: StoredDocument?, action: String, isDeleted: Bool = false
    ) throws(EngineError) -> StoredDocument {
        let others = try agenda().filter { !$0.bytesEqual(to: rollout.id) }
        let isOnItsWay = rollout.state.phase.isServed && !isDeleted
        guard !isOnItsWay || others.count < Self.limit else {
            throw .invalid("the mount has \(Self.limit) rollouts on their way, which is the most it can")
        }
        scope.transaction.put(key, JSON.strings(isOnItsWay ? others + [rollout.id] : others).serialized())
        return try scope.write(
            .rollout, Array(rollout.id.utf8), after: document, rollout.content, action: action,
            change: .init(
                layer: rollout.plan.layer, keys: rollout.plan.changes.map(\.key), rollout: rollout.id,
                time: scope.request.now),
            isDeleted: isDeleted)
    }

    private var key: StoreKey { StoreKey(scope.realm, ConfigRecords.agenda, []) }
}
