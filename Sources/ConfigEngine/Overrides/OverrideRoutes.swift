package import EngineKit
import Notation

extension ConfigurationEngine {
    /// The routes of overrides.
    var overriding: [Route] {
        [
            Route("overrides", "Values that stand for as long as a lease.")
                .taking(["layer", "key", "value", "ttl", "reason"]).asking()
                .on(.list, serve: Self.listOverrides).on(.update, serve: writeOverride),
            Route("overrides/:id", "A value that stands for as long as a lease.").asking()
                .on(.read, serve: Self.readOverride).on(.delete, serve: deleteOverride),
        ]
    }

    /// LIST `overrides`.
    static func listOverrides(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        try ConfigScope(request, transaction).overrides.listing()
    }

    /// GET `overrides/:id`.
    static func readOverride(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse
    {
        try ConfigScope(request, transaction).overrides.reading()
    }

    /// POST `overrides {layer, key, value, ttl?, reason?}`: whoever asks needs the right to write the value itself.
    func writeOverride(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        guard let layer = try request.input.string("layer").flatMap({ Layer(path: $0) }) else {
            throw .field("layer", "a layer, such as env/prod")
        }
        let key = try scope.optionalName("key")
        guard !key.utf8.isEmpty else { throw .invalid("key: is missing") }
        guard let value = request.input.members["value"] else { throw .invalid("value: is missing") }
        let path = request.mount.path + Array("data/".utf8) + layer.place(of: key)
        let change = try ValueChange(self, scope, layer, key)
        let isThere = change.present.map { !$0.isDeleted } ?? false
        guard request.caller.isRoot || request.rights.allow(isThere ? .update : .create, path, with: ["value": value])
        else {
            throw .permissionDenied(reason: "the value may not be written with this token")
        }
        guard let definition = try scope.definition(key) else { throw .invalid("there is no key \"\(key)\"") }
        let document = try change.put(LayerValue(said: value), definition, action: "override")
        return try scope.overrides.begin(
            ValueOverride(
                layer: layer, key: key, before: isThere ? change.present?.version ?? 0 : 0,
                written: document.version))
    }

    /// DELETE `overrides/:id`: the layer says at once what it said before. It asks for the right to write the value, or
    /// for `sudo`.
    func deleteOverride(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let revoked = try ConfigScope(request, transaction).overrides.revoke { override in
            request.mount.path + Array("data/".utf8) + override.layer.place(of: override.key)
        }
        guard let override = revoked else { return .noContent }
        try end(
            override.subject,
            ConfigScope(request, transaction, author: (request.caller.displayName, "the override ended")))
        return .noContent
    }

    /// Has the layer say again what it said before, unless somebody has had it say something else since.
    ///
    /// What keys are stays such that this fits; what others have said since may not, but an end is nobody's write, which
    /// could be refused, and no value is lost by it.
    private func end(_ override: ValueOverride, _ scope: ConfigScope) throws(EngineError) {
        let change = try ValueChange(self, scope, override.layer, override.key)
        guard let present = change.present, !present.isDeleted, present.version == override.written else { return }
        guard let former = try scope.former(override) else { return try change.clear(action: "override-end") }
        _ = try change.store(former, action: "override-end")
    }
}

/// What the background service does about overrides, as ordinary commits that history shows.
extension ConfigurationEngine: OverridingEngine {
    package func endedOverrides(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> [String] {
        try ConfigScope(request, transaction).overrides.ended()
    }

    package func tendOverride(
        _ id: String, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let override = try ConfigScope(request, transaction).overrides.take(ended: id) else { return .noContent }
        let named = ConfigScope(request, transaction, author: (override.author, "the lease of the override ended"))
        try end(override.subject, named)
        return .data(["id": .string(id)])
    }
}
