import EngineKit
import Notation

/// Checks that whatever a change does to the effective values of a key stays within its type, its schema, and the
/// schemas of the subtrees that it belongs to, for everyone below the change.
struct EffectiveCheck {
    /// How many places are checked at most.
    private static let greatestCount = 20_000

    private let scope: ConfigScope
    private let picture: Picture

    init(_ scope: ConfigScope, _ picture: Picture) {
        self.scope = scope
        self.picture = picture
    }

    /// Checks a key.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - definition: what it is, or is to be.
    ///   - changed: what layers are to say, in the place of what they say.
    ///   - layer: the layer that changes; `nil` when all places are looked at.
    func check(
        _ key: String, _ definition: KeyDefinition, changed: [Layer: LayerValue?] = [:], below layer: Layer? = nil
    ) throws(EngineError) {
        if definition.isDeclared, definition.type == .subtree {
            return try check(subtree: key, definition, key, definition, changed, below: layer)
        }
        // Without a schema, what is of the key's type in each layer is so in each place.
        if definition.isDeclared, definition.schema != nil || layer == nil {
            let schema = try definition.schema.map { json throws(EngineError) in try compiled(json, of: key) }
            let said = try values(of: key, definition, changed)
            for place in try places(Array(said.keys), below: layer) {
                guard let value = Self.merged(said, definition, place) else { continue }
                try check(value, key, definition, schema, place)
            }
        }
        for (prefix, subtree) in picture.keys
        where subtree.definition.type == .subtree && key.utf8.starts(with: "\(prefix).".utf8) {
            try check(subtree: prefix, subtree.definition, key, definition, changed, below: layer)
        }
    }

    private func check(
        _ value: JSON, _ key: String, _ definition: KeyDefinition, _ schema: JSONSchema?, _ place: Place
    ) throws(EngineError) {
        if let problem = definition.problem(with: value) {
            throw .mismatch(
                .schema, ["\"\(key)\" in \(place.text): \(problem) (type \(definition.type.rawValue))"])
        }
        try check(value, key, schema, place)
    }

    private func check(_ value: JSON, _ key: String, _ schema: JSONSchema?, _ place: Place) throws(EngineError) {
        guard let schema else { return }
        let violations = schema.violations(of: value)
        guard violations.isEmpty else {
            throw .mismatch(.schema, violations.map { "\"\(key)\" in \(place.text): \($0) (schema)" })
        }
    }

    /// Checks the object that all keys below a prefix make.
    private func check(
        subtree prefix: String, _ subtree: KeyDefinition, _ key: String, _ definition: KeyDefinition,
        _ changed: [Layer: LayerValue?], below layer: Layer?
    ) throws(EngineError) {
        guard let json = subtree.schema else { return }
        let schema = try compiled(json, of: prefix)
        var members = Set(picture.layers.values.flatMap(\.keys)).union(picture.keys.keys)
        members.insert(key)
        var said: [(path: Substring.UTF8View, definition: KeyDefinition, values: [Layer: LayerValue])] = []
        for member in members.sorted(by: { ByteOrder.precedes($0, $1) })
        where member.utf8.starts(with: "\(prefix).".utf8) {
            let isChanged = member.utf8.elementsEqual(key.utf8)
            let own = isChanged ? definition : picture.definition(member)
            guard own.type != .subtree || !own.isDeclared else { continue }
            said.append(
                (
                    Substring(member).utf8.dropFirst(prefix.utf8.count + 1), own,
                    try values(of: member, own, isChanged ? changed : [:])
                ))
        }
        for place in try places(said.flatMap(\.values.keys), below: layer) {
            var tree = JSONObject()
            for member in said {
                guard let value = Self.merged(member.values, member.definition, place) else { continue }
                tree = tree.setting(value, at: member.path.split(separator: UInt8(ascii: ".")).map { String($0) ?? "" })
            }
            try check(.object(tree), prefix, schema, place)
        }
    }

    private func compiled(_ json: JSON, of key: String) throws(EngineError) -> JSONSchema {
        do throws(SchemaError) {
            return try JSONSchema(json)
        } catch {
            throw .invalid("schema of \"\(key)\": \(error)")
        }
    }

    /// What layers say of a key; of a sensitive one, what is stored.
    private func values(
        of key: String, _ definition: KeyDefinition, _ changed: [Layer: LayerValue?]
    ) throws(EngineError) -> [Layer: LayerValue] {
        var said: [Layer: LayerValue] = [:]
        for (path, entries) in picture.layers {
            guard let entry = entries[key], let layer = Layer(path: String(decoding: path, as: UTF8.self)) else {
                continue
            }
            if let known = entry.said {
                said[layer] = known
            } else {
                said[layer] = try scope.documents.current(.entry, layer.place(of: key))?.layerValue()
            }
        }
        for (layer, value) in changed { said[layer] = value }
        return said
    }

    /// The places below a layer that can have different values of a key that these layers speak of; that of the layer
    /// itself comes first, so that a violation is told of it and not of those that inherit it.
    private func places(_ layers: [Layer], below layer: Layer?) throws(EngineError) -> [Place] {
        func names(_ names: some Sequence<String>) -> [String] {
            Set(names).union([""]).sorted { ByteOrder.precedes($0, $1) }
        }
        let services = names(layers.map(\.service))
        let environments = names(layers.map(\.environment))
        var instances: [String: Set<String>] = [:]
        for layer in layers where !layer.instance.isEmpty {
            instances[layer.service, default: []].insert(layer.instance)
        }
        var places: [Place] = []
        for service in services {
            for environment in environments {
                for instance in names(instances[service] ?? []) {
                    let place = Place(service: service, environment: environment, instance: instance)
                    guard layer.map({ place.sees($0) }) ?? true else { continue }
                    places.append(place)
                    guard places.count <= Self.greatestCount else {
                        throw .invalid("the change reaches more than \(Self.greatestCount) different places")
                    }
                }
            }
        }
        return places
    }

    private static func merged(
        _ said: [Layer: LayerValue], _ definition: KeyDefinition, _ place: Place
    ) -> JSON? {
        let base = definition.defaultValue.map { LayerValue(said: $0) }
        return LayerMerge.merge([base] + place.layers.map { said[$0] })?.value
    }
}

extension Place {
    /// The place in words, by the last layer it sees.
    fileprivate var text: String { layers.last?.text ?? "global" }
}

extension JSONObject {
    /// The object with a value put below names, objects made on the way. It calls itself once per name, of which a key
    /// has at most 64.
    fileprivate func setting(_ value: JSON, at path: [String]) -> JSONObject {
        guard let name = path.first else { return self }
        var object = self
        if path.count == 1 {
            object[name] = value
        } else {
            object[name] = .object(
                (self[name]?.objectValue ?? JSONObject()).setting(value, at: Array(path.dropFirst())))
        }
        return object
    }
}
