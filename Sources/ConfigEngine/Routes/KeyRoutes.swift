import EngineKit
import Notation

/// A change of what a key is.
struct KeyChange {
    private let engine: ConfigurationEngine
    private let scope: ConfigScope
    private let key: String
    /// The version before; `nil` when there was never one.
    let present: StoredDocument?

    init(_ engine: ConfigurationEngine, _ scope: ConfigScope, _ key: String) throws(EngineError) {
        self.engine = engine
        self.scope = scope
        self.key = key
        present = try scope.documents.current(.key, Array(key.utf8))
    }

    /// The definition before; `nil` when there is none.
    var earlier: KeyDefinition? {
        get throws(EngineError) {
            guard let present, !present.isDeleted else { return nil }
            return try present.keyDefinition()
        }
    }

    /// Changes what a request says, and leaves the rest.
    func write(
        patch: JSONObject, action: String
    ) throws(EngineError) -> (definition: KeyDefinition, document: StoredDocument) {
        try write(MergePatch.apply(patch, to: earlier?.json ?? [:]), action: action)
    }

    /// Puts a definition in force, when all values there are stay within it.
    func write(
        _ content: JSONObject, action: String
    ) throws(EngineError) -> (definition: KeyDefinition, document: StoredDocument) {
        let definition = try EngineError.model { () throws(ModelError) in try KeyDefinition(json: .object(content)) }
        let earlier = try earlier
        try scope.request.requireSudo(definition.isProtected || earlier?.isProtected ?? false, "the key")
        // Its values, and those of all times, would be shown to everybody who may look.
        let wasSensitive = try present?.keyDefinition().isSensitive ?? false
        try scope.request.requireSudo(wasSensitive && !definition.isSensitive, "the sensitivity of the key")
        try ConfigSettings.current(scope).check(key, definition, isNew: earlier == nil)
        let picture = try engine.pictures.current(scope)
        let layers = picture.layers.filter { $0.value[key] != nil }.keys
        if let earlier, let problem = definition.problem(replacing: earlier, hasValues: !layers.isEmpty) {
            throw .invalid(problem)
        }
        if let value = definition.defaultValue, !value.isIdentical(to: earlier?.defaultValue ?? .null) {
            try ReferenceCheck(scope).check(value, field: "default")
            try SecretRotation(scope).remember(value)
        }
        if let lock = definition.lock {
            for path in layers {
                guard let layer = Layer(path: String(decoding: path, as: UTF8.self)), lock.covers(layer) else {
                    continue
                }
                throw .invalid("locked_at: \(layer.text) has a value of its own; delete it first")
            }
        }
        try checkRollouts(definition, picture)
        try engine.check(Supposition(key, is: definition), scope)
        if definition.isSensitive { try ValueDigest.prepare(scope) }
        let document = try scope.write(
            .key, Array(key.utf8), after: present, definition.json, action: action,
            change: .init(keys: [key], time: scope.request.now))
        return (definition, document)
    }

    /// Refuses a definition that what rollouts say of the key does not fit: it is to be an ordinary value.
    private func checkRollouts(_ definition: KeyDefinition, _ picture: Picture) throws(EngineError) {
        for rollout in picture.rollouts {
            guard let said = rollout.plan.change(of: key) else { continue }
            let layer = rollout.plan.layer
            if let lock = definition.lock, lock.covers(layer) {
                throw .invalid("locked_at: the rollout \"\(rollout.id)\" gives \(layer.text) a value of its own")
            }
            if let value = said.value, let problem = definition.problem(with: value) {
                throw .mismatch(
                    .schema,
                    [
                        "\"\(key)\" in \(layer.text) with the rollout \"\(rollout.id)\": \(problem) "
                            + "(type \(definition.type.rawValue))"
                    ])
            }
        }
    }

    /// Takes a key away that no layer says anything of.
    func delete() throws(EngineError) {
        guard let present, let earlier = try earlier else { return }
        try scope.request.requireSudo(earlier.isProtected, "the key")
        let holders = try engine.pictures.current(scope).layers.filter { $0.value[key] != nil }.keys
            .map { String(decoding: $0, as: UTF8.self) }
        guard holders.isEmpty else {
            throw .invalid("the key has values in \(holders.sorted().joined(separator: ", ")); delete them first")
        }
        for rollout in try Rollouts(scope).running() { try rollout.refuseIfChanging(key) }
        _ = try scope.write(
            .key, Array(key.utf8), after: present, earlier.json, action: "delete",
            change: .init(keys: [key], time: scope.request.now), isDeleted: true)
    }
}

extension ConfigurationEngine {
    /// LIST `keys?search=&tag=&owner=`: the keys with what they are.
    func listKeys(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let picture = try pictures.current(scope)
        let search = try KeySearch(request.input)
        let found = picture.keys.filter { search.matches($0.key, $0.value.definition) }
        let names = found.keys.sorted { ByteOrder.precedes($0, $1) }
        guard !names.isEmpty else { return .names([]) }
        let information = names.map { name in
            JSONObject.Member(name: name, value: .object(picture.definition(name).json))
        }
        return .data(["keys": .strings(names), "key_info": .object(JSONObject(information))])
    }

    /// GET `keys/:key?version=&as_of=`.
    static func readKey(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let key = try scope.name("key")
        guard let document = try scope.asked(.key, Array(key.utf8)), !document.isDeleted else { throw .notFound }
        var shown = document
        shown.content = try scope.shown(document.content, of: key)
        return .data(Self.keyAnswer(key, shown))
    }

    /// POST `keys/:key`: writes the whole definition.
    func writeKey(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let key = try scope.name("key")
        let change = try KeyChange(self, scope, key)
        try request.checkVersion(change.present.map { $0.isDeleted ? 0 : $0.version } ?? 0)
        return .data(Self.keyAnswer(key, try change.write(Self.content(request), action: "write").document))
    }

    /// PATCH `keys/:key`: an RFC 7396 merge patch.
    func patchKey(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let key = try scope.name("key")
        let change = try KeyChange(self, scope, key)
        guard try change.earlier != nil else { throw .notFound }
        try request.checkVersion(change.present?.version ?? 0)
        return .data(Self.keyAnswer(key, try change.write(patch: Self.content(request), action: "patch").document))
    }

    /// DELETE `keys/:key`: refused while a layer or a rollout says something of it.
    func deleteKey(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        try KeyChange(self, scope, try scope.name("key")).delete()
        return .noContent
    }

    private static func content(_ request: EngineRequest) -> JSONObject {
        JSONObject(
            request.input.members.members.filter { member in
                !(StoredDocument.factNames + ["key"]).contains { $0.bytesEqual(to: member.name) }
            })
    }

    private static func keyAnswer(_ key: String, _ document: StoredDocument) -> JSONObject {
        let own: JSONObject = ["key": .string(key)]
        return own.joined(with: document.content).joined(with: document.facts)
    }
}

/// Which keys a listing asks for: `search` in key, description and owner; `tag`; `owner`.
private struct KeySearch {
    private let text: [UInt8]
    private let tag: String?
    private let owner: String?

    init(_ input: Input) throws(EngineError) {
        text = Array(try input.string("search").map { Array($0.utf8) } ?? []).asciiLowercased()
        tag = try input.string("tag")
        owner = try input.string("owner")
    }

    func matches(_ key: String, _ definition: KeyDefinition) -> Bool {
        if let tag, !definition.tags.contains(where: { $0.bytesEqual(to: tag) }) { return false }
        if let owner, !definition.owner.bytesEqual(to: owner) { return false }
        if text.isEmpty { return true }
        return [key, definition.text, definition.owner].contains { field in
            Array(field.utf8).asciiLowercased().span.containsBytes(text.span)
        }
    }
}
