import EngineKit
import Notation

extension ConfigurationEngine {
    /// LIST `data/<layer>`: the keys that the layer says something of.
    func listData(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let picture = try pictures.current(scope)
        let entries = picture.layers[try scope.layer().path] ?? [:]
        let names = entries.keys.sorted { ByteOrder.precedes($0, $1) }
        guard !names.isEmpty else { return .names([]) }
        let information = names.map { name in
            let definition = picture.definition(name)
            var facts: JSONObject = [
                "type": .string(definition.typeName), "sensitive": .bool(definition.isSensitive),
                "reload": .string(definition.reload.rawValue),
            ]
            if let entry = entries[name] {
                facts["version"] = .integer(entry.version)
                facts["updated_by"] = .string(entry.author)
                facts["updated_time"] = .string(entry.time.description)
            }
            return JSONObject.Member(name: name, value: .object(facts))
        }
        return .data(["keys": .strings(names), "key_info": .object(JSONObject(information))])
    }

    /// GET `data/<layer>/:key?version=&as_of=`: what the layer itself says.
    func readData(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let (layer, key) = (try scope.layer(), try scope.name("key"))
        guard let document = try scope.asked(.entry, layer.place(of: key)), !document.isDeleted else {
            throw .notFound
        }
        let definition = try scope.definitionForShowing(key)
        var answer: JSONObject = ["layer": .string(layer.text), "key": .string(key)]
        answer = answer.joined(with: try ShownValue(document, definition, scope).members)
        answer["type"] = .string(definition.typeName)
        answer["sensitive"] = .bool(definition.isSensitive)
        answer["reload"] = .string(definition.reload.rawValue)
        answer["description"] = .string(definition.text)
        return .data(answer.joined(with: document.facts))
    }

    /// POST `data/<layer>/:key {value | unset, key?, options?, reason?}`.
    func writeData(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let isUnset = try request.input.bool("unset") ?? false
        let value = request.input.members["value"]
        guard isUnset != (value != nil) else { throw .invalid("value: is missing (or say \"unset\": true)") }
        return try ValueChange(self, request, transaction).write(
            value.map { LayerValue(said: $0) } ?? .unset, action: "write")
    }

    /// PATCH `data/<layer>/:key {value}`: an RFC 7396 merge patch of what the layer says.
    func patchData(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let patch = request.input.members["value"] else { throw .invalid("value: is missing") }
        let change = try ValueChange(self, request, transaction)
        guard let present = try change.present?.layerValue() else { throw .notFound }
        return try change.write(LayerValue(said: MergePatch.apply(patch, to: present.value)), action: "patch")
    }

    /// DELETE `data/<layer>/:key {options?, reason?}`: the layer says nothing of the key any more.
    func deleteData(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try ValueChange(self, request, transaction).delete()
    }

    /// POST `rollback/<layer>/:key {version}`: what an earlier version said, as a new version.
    func rollBackData(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let number = try request.input.int("version") else { throw .field("version", "a number") }
        let change = try ValueChange(self, request, transaction)
        let documents = change.scope.documents
        guard let earlier = try documents.version(.entry, change.path, number) else {
            throw .invalid("version: there is no such version of the value")
        }
        guard let said = try earlier.layerValue() else { return try change.delete(action: "rollback") }
        return try change.write(said, action: "rollback")
    }

    /// POST `reveal/<layer>/:key`: the value itself, of a sensitive key too.
    func reveal(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let (layer, key) = (try scope.layer(), try scope.name("key"))
        guard
            let document = try scope.asked(.entry, layer.place(of: key)),
            let said = try document.layerValue()
        else { throw .notFound }
        return .data([
            "layer": .string(layer.text), "key": .string(key), "value": said.value ?? .null,
            "unset": .bool(said.value == nil), "version": .integer(document.version),
        ])
    }
}

extension KeyDefinition {
    /// The type in a word; what nobody declared has any.
    var typeName: String { isDeclared ? type.rawValue : "any" }
}

/// A version of a value as answers show it: of a sensitive key a keyed digest, by which versions can be told apart.
struct ShownValue {
    /// The members `value` and `unset`, or `value`, `redacted` and `hmac`.
    let members: JSONObject

    init(_ document: StoredDocument, _ definition: KeyDefinition, _ scope: ConfigScope) throws(EngineError) {
        let said = try document.layerValue()
        var members: JSONObject = ["value": .null, "unset": .bool(said.map { $0.value == nil } ?? false)]
        if definition.isSensitive {
            members["redacted"] = true
            members["hmac"] = .string(try ValueDigest(scope).text(of: document.content))
        } else {
            members["value"] = said?.value ?? .null
        }
        self.members = members
    }
}
