import EngineKit
import Notation

/// Revisions with a name, which never change.
struct Snapshots {
    private let scope: ConfigScope

    init(_ scope: ConfigScope) { self.scope = scope }

    /// What is stored of one; `nil` when there is none.
    func find(_ name: String) throws(EngineError) -> JSONObject? {
        guard let bytes = try scope.transaction.get(key(name)) else { return nil }
        guard let object = (try? JSON(parsing: bytes, limits: .stored))?.objectValue else {
            throw .internalError("a snapshot cannot be read")
        }
        return object
    }

    /// The revision of a snapshot.
    func revision(_ name: String) throws(EngineError) -> UInt64 {
        guard let found = try find(name) else { throw .status(404, ["no snapshot named \"\(name)\""]) }
        guard case .number(let text)? = found["revision"], let revision = UInt64(text) else {
            throw .internalError("a snapshot cannot be read")
        }
        return revision
    }

    /// Reads a revision that a body names; the newest when it names none.
    func revision(in input: Input) throws(EngineError) -> UInt64 {
        let newest = try scope.log.revision()
        guard input.has("revision") else { return newest }
        guard let text = try input.string("revision"), let revision = UInt64(text), revision <= newest else {
            throw .field("revision", "a revision up to \(newest)")
        }
        return revision
    }

    func key(_ name: String) -> StoreKey { StoreKey(scope.realm, ConfigRecords.snapshots, Array(name.utf8)) }
}

extension ConfigurationEngine {
    /// LIST `snapshots`.
    static func listSnapshots(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let names = try scope.documents.names(ConfigRecords.snapshots)
        if names.isEmpty { return .names([]) }
        let snapshots = Snapshots(scope)
        let texts = names.map { String(decoding: $0, as: UTF8.self) }
        try transaction.need(texts.map(snapshots.key))
        var members: [JSONObject.Member] = []
        for text in texts {
            if let found = try snapshots.find(text) { members.append(.init(name: text, value: .object(found))) }
        }
        return .data(["keys": .strings(texts), "key_info": .object(JSONObject(members))])
    }

    /// GET `snapshots/:name`.
    static func readSnapshot(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let name = try scope.name("name")
        guard let found = try Snapshots(scope).find(name) else { throw .notFound }
        let own: JSONObject = ["name": .string(name)]
        return .data(own.joined(with: found))
    }

    /// POST `snapshots/:name {revision?, reason?}`: names a revision, the newest unless said; a name is given once.
    static func writeSnapshot(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let name = try scope.name("name")
        let snapshots = Snapshots(scope)
        guard try snapshots.find(name) == nil else {
            throw .status(409, ["there is a snapshot \"\(name)\", and a snapshot never changes"])
        }
        let facts: JSONObject = [
            "revision": .integer(try snapshots.revision(in: request.input)),
            "created_by": .string(request.caller.displayName), "created_time": .string(request.now.description),
            "reason": .string(try request.reason()),
        ]
        transaction.put(snapshots.key(name), JSON.object(facts).serialized())
        let own: JSONObject = ["name": .string(name)]
        return .data(own.joined(with: facts))
    }

    /// DELETE `snapshots/:name`: refused while a service is pinned to it.
    static func deleteSnapshot(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let name = try scope.name("name")
        for (service, document) in try scope.documents.all(.pin) where !document.isDeleted {
            guard document.content["snapshot"]?.stringValue?.bytesEqual(to: name) ?? false else { continue }
            throw .status(409, ["\"\(String(decoding: service, as: UTF8.self))\" is pinned to the snapshot"])
        }
        transaction.delete(Snapshots(scope).key(name))
        return .noContent
    }
}
