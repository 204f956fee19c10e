import EngineKit
import Notation

/// Checks that whatever a change does to the effective values of keys stays within their types, their schemas, and the
/// schemas of the subtrees that they belong to, for everyone below the change, whether a rollout reaches them or not.
struct EffectiveCheck {
    /// How many places are checked at most.
    private static let greatestCount = 20_000

    private let scope: ConfigScope
    private let picture: Picture

    init(_ scope: ConfigScope, _ picture: Picture) {
        self.scope = scope
        self.picture = picture
    }

    /// Checks a change.
    ///
    /// - Parameters:
    ///   - change: what keys are to be and layers to say.
    ///   - layer: the layer that changes; `nil` when it is what a key is that changes: all places are looked at then,
    ///     and what layers say again when overrides end.
    func check(_ change: Supposition, below layer: Layer? = nil) throws(EngineError) {
        var others = picture.rollouts.map { Supposition(while: $0) }
        if layer == nil { others += try scope.endsOfOverrides() }
        var subtrees: Set<String> = []
        for key in change.keys.sorted(by: { ByteOrder.precedes($0, $1) }) {
            let definition = definition(of: key, in: change)
            if definition.isDeclared, definition.type == .subtree {
                subtrees.insert(key)
                continue
            }
            // Without a schema, what is of the key's type in each layer is so in each place.
            if definition.isDeclared, definition.schema != nil || layer == nil {
                let states = change.states(with: others) { $0.utf8.elementsEqual(key.utf8) }
                try check(key, definition, states, below: layer)
            }
            for (prefix, subtree) in picture.keys
            where subtree.definition.type == .subtree && key.utf8.starts(with: "\(prefix).".utf8) {
                subtrees.insert(prefix)
            }
        }
        for prefix in subtrees.sorted(by: { ByteOrder.precedes($0, $1) }) {
            let states = change.states(with: others) { $0.utf8.starts(with: "\(prefix).".utf8) }
            try check(subtree: prefix, definition(of: prefix, in: change), states, below: layer)
        }
    }

    private func definition(of key: String, in state: Supposition) -> KeyDefinition {
        state.definitions[key] ?? picture.definition(key)
    }

    /// Checks the values of one key.
    private func check(
        _ key: String, _ definition: KeyDefinition, _ states: [Supposition], below layer: Layer?
    ) throws(EngineError) {
        let schema = try definition.schema.map { json throws(EngineError) in try compiled(json, of: key) }
        for state in states {
            let said = try values(of: key, state)
            for place in try places(Array(said.keys), below: layer) where state.reaches(place) {
                guard let value = Self.merged(said, definition, place) else { continue }
                let told = place.text + state.circumstance
                if let problem = definition.problem(with: value) {
                    throw .mismatch(
                        .schema, ["\"\(key)\" in \(told): \(problem) (type \(definition.type.rawValue))"])
                }
                if let schema { try check(value, key, schema, told) }
            }
        }
    }

    private func check(_ value: JSON, _ key: String, _ schema: JSONSchema, _ place: String) throws(EngineError) {
        let violations = schema.violations(of: value)
        guard violations.isEmpty else {
            throw .mismatch(.schema, violations.map { "\"\(key)\" in \(place): \($0) (schema)" })
        }
    }

    /// Checks the object that all keys below a prefix make.
    private func check(
        subtree prefix: String, _ subtree: KeyDefinition, _ states: [Supposition], below layer: Layer?
    ) throws(EngineError) {
        guard let json = subtree.schema else { return }
        let schema = try compiled(json, of: prefix)
        for state in states {
            let said = try members(of: prefix, state)
            for place in try places(said.flatMap(\.values.keys), below: layer) where state.reaches(place) {
                var tree = JSONObject()
                for member in said {
                    guard let value = Self.merged(member.values, member.definition, place) else { continue }
                    tree = tree.setting(
                        value, at: member.path.split(separator: UInt8(ascii: ".")).map { String($0) ?? "" })
                }
                try check(.object(tree), prefix, schema, place.text + state.circumstance)
            }
        }
    }

    /// The keys below a prefix that have values, with what layers say of them.
    private func members(
        of prefix: String, _ state: Supposition
    ) throws(EngineError) -> [(path: Substring.UTF8View, definition: KeyDefinition, values: [Layer: LayerValue])] {
        let names = Set(picture.layers.values.flatMap(\.keys)).union(picture.keys.keys).union(state.keys)
        var said: [(path: Substring.UTF8View, definition: KeyDefinition, values: [Layer: LayerValue])] = []
        for member in names.sorted(by: { ByteOrder.precedes($0, $1) })
        where member.utf8.starts(with: "\(prefix).".utf8) {
            let own = definition(of: member, in: state)
            guard own.type != .subtree || !own.isDeclared else { continue }
            said.append((Substring(member).utf8.dropFirst(prefix.utf8.count + 1), own, try values(of: member, state)))
        }
        return said
    }

    private func compiled(_ json: JSON, of key: String) throws(EngineError) -> JSONSchema {
        do throws(SchemaError) {
            return try JSONSchema(json)
        } catch {
            throw .invalid("schema of \"\(key)\": \(error)")
        }
    }

    /// What layers say of a key; of a sensitive one, what is stored.
    private func values(of key: String, _ state: Supposition) throws(EngineError) -> [Layer: LayerValue] {
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
        for (layer, value) in state.said[key] ?? [:] { said[layer] = value }
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

extension ConfigurationEngine {
    /// Checks a change's effects, see `EffectiveCheck`; as a part of a change set, perhaps when all of that is written.
    func check(_ change: Supposition, _ scope: ConfigScope, below layer: Layer? = nil) throws(EngineError) {
        try scope.transaction.check { () throws(EngineError) in
            try EffectiveCheck(scope, pictures.current(scope)).check(change, below: layer)
        }
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
