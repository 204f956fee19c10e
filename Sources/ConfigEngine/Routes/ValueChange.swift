import EngineKit
import Notation

/// A change of what a layer says of a key: checked against what the key is and what it does to everyone below.
struct ValueChange {
    let engine: ConfigurationEngine
    let scope: ConfigScope
    let layer: Layer
    let key: String
    /// Where the value stands.
    let path: [UInt8]
    /// The version before; `nil` when there was never one.
    let present: StoredDocument?

    /// Looks at the layer and key that the request's path names.
    init(_ engine: ConfigurationEngine, _ request: EngineRequest, _ transaction: Transaction) throws(EngineError) {
        let scope = ConfigScope(request, transaction)
        try self.init(engine, scope, try scope.layer(), try scope.name("key"))
    }

    /// Looks at a layer and a key.
    init(_ engine: ConfigurationEngine, _ scope: ConfigScope, _ layer: Layer, _ key: String) throws(EngineError) {
        self.engine = engine
        self.scope = scope
        self.layer = layer
        self.key = key
        path = layer.place(of: key)
        present = try scope.documents.current(.entry, path)
    }

    private var currentVersion: Int { present.map { $0.isDeleted ? 0 : $0.version } ?? 0 }

    /// Has the layer say something.
    func write(_ said: LayerValue, action: String) throws(EngineError) -> EngineResponse {
        if let conflict = try conflict(with: said) { return conflict }
        let definition = try declared()
        let document = try put(said, definition, action: action)
        var answer: JSONObject = ["layer": .string(layer.text), "key": .string(key)]
        answer["restart_needed"] = .bool(definition.reload == .static)
        var response = EngineResponse(.data(answer.joined(with: document.facts)))
        if let deprecated = definition.deprecated {
            response.warnings.append("the key is deprecated: \(deprecated)")
        }
        return response
    }

    /// Checks and writes, without a look at the version that the client expects.
    func put(_ said: LayerValue, _ definition: KeyDefinition, action: String) throws(EngineError) -> StoredDocument {
        try refuseIfBusy()
        try check(said, definition)
        return try store(said, action: action)
    }

    /// Writes what needs no check, or was checked before.
    func store(_ said: LayerValue, action: String) throws(EngineError) -> StoredDocument {
        if let value = said.value { try SecretRotation(scope).remember(value) }
        return try scope.write(
            .entry, path, after: present, said.content, action: action,
            change: .init(layer: layer, keys: [key], time: scope.request.now))
    }

    /// Has the layer say nothing any more.
    func delete(action: String = "delete") throws(EngineError) -> EngineResponse {
        if let conflict = try conflict(with: nil) { return conflict }
        guard let present, !present.isDeleted else { return .noContent }
        let definition = try scope.definition(key) ?? .undeclared
        try scope.request.requireSudo(definition.isProtected, "the key")
        try refuseIfBusy()
        try engine.check(Supposition(layer, says: [(key, nil)]), scope, below: layer)
        try clear(action: action)
        return .noContent
    }

    /// Takes away what the layer says, without a check.
    func clear(action: String) throws(EngineError) {
        _ = try scope.write(
            .entry, path, after: present, [:], action: action,
            change: .init(layer: layer, keys: [key], time: scope.request.now), isDeleted: true)
    }

    /// What the key is: as it was declared, or as the request declares it in the same commit.
    private func declared() throws(EngineError) -> KeyDefinition {
        let known = try scope.definition(key)
        if let given = try scope.request.input.object("key") {
            let pathOfKey = scope.request.mount.path + Array("keys/\(key)".utf8)
            let operation: Operation = known == nil ? .create : .update
            guard scope.request.caller.isRoot || scope.request.rights.allow(operation, pathOfKey) else {
                throw .permissionDenied(reason: "the key may not be declared with this token")
            }
            return try KeyChange(engine, scope, key).write(patch: given, action: "declare").definition
        }
        if let known { return known }
        let wasSensitive = try scope.definitionForShowing(key).isSensitive
        guard try ConfigSettings.current(scope).allowsUndeclared, !wasSensitive else {
            throw .invalid(
                "there is no key \"\(key)\": declare it first (keys/\(key)), or with its value by the member \"key\"")
        }
        return .undeclared
    }

    /// Refuses what the layer cannot say.
    private func check(_ said: LayerValue, _ definition: KeyDefinition) throws(EngineError) {
        try checkByItself(said, definition)
        try engine.check(Supposition(layer, says: [(key, said)]), scope, below: layer)
    }

    /// Refuses what the layer cannot say, whatever others say.
    func checkByItself(_ said: LayerValue, _ definition: KeyDefinition) throws(EngineError) {
        let request = scope.request
        // The background service makes what somebody was allowed to begin.
        if scope.author == nil { try request.requireSudo(definition.isProtected, "the key") }
        if let lock = definition.lock, lock.covers(layer) {
            throw .invalid("\"\(key)\" is locked at \(lock.text): \(layer.text) cannot have a value of its own")
        }
        if let value = said.value {
            if definition.isDeclared, let problem = definition.problem(with: value) {
                throw .mismatch(
                    .schema, ["\"\(key)\" in \(layer.text): \(problem) (type \(definition.type.rawValue))"])
            }
            guard value.serialized().count <= 524_288 else {
                throw .invalid("value: must have at most 524288 bytes as JSON")
            }
            if scope.author == nil { try ReferenceCheck(scope).check(value, field: "value") }
        }
    }

    /// Refuses to change what a rollout or an override is changing.
    func refuseIfBusy() throws(EngineError) {
        for override in try scope.overrides.all()
        where override.subject.layer == layer && override.subject.key.bytesEqual(to: key) {
            throw .status(409, ["\"\(key)\" is overridden by \"\(override.id)\": wait for its end, or delete it"])
        }
        for rollout in try Rollouts(scope).running() where rollout.plan.layer == layer {
            try rollout.refuseIfChanging(key)
        }
    }

    /// The answer to a write that expects another version: all that is needed to put both changes together.
    ///
    /// - Parameter said: what it has the layer say; `nil` for nothing.
    private func conflict(with said: LayerValue?) throws(EngineError) -> EngineResponse? {
        guard let expected = try scope.request.expectedVersion(), expected != currentVersion else { return nil }
        var view: JSONObject = [
            "layer": .string(layer.text), "key": .string(key), "current_version": .integer(currentVersion),
        ]
        let base = try scope.documents.version(.entry, path, expected)
        let versions = [
            ("base", base?.isDeleted == false ? base?.content : nil),
            ("current", present?.isDeleted == false ? present?.content : nil), ("yours", said?.content),
        ]
        let digest = try scope.definitionForShowing(key).isSensitive ? try ValueDigest(scope) : nil
        for (name, content) in versions {
            guard let content else {
                view[name] = .null
                continue
            }
            view[name] = digest.map { ["hmac": .string($0.text(of: content))] } ?? .object(content)
        }
        var response = EngineResponse.raw(
            [
                "errors": ["check-and-set parameter did not match the current version"], "data": .object(view),
            ], status: 400)
        response.mismatch = .version
        return response
    }
}
