import EngineKit
import Notation

/// Which values of a mount refer to which secrets.
struct ReferenceUses: Sendable {
    /// A value that refers to a secret.
    struct Use: Sendable {
        /// The secret's path with its mount, as the reference names it.
        let path: [UInt8]
        let layer: Layer
        let key: String
        /// Whether the reference says which version it wants, so that a new one changes nothing.
        let isFixed: Bool
        /// Whether it is the key's default that refers to it.
        let isDefault: Bool

        /// Where the value stands, in words.
        var place: String { isDefault ? "default" : layer.text }

        /// What a value refers to; nothing when it cannot be read as references.
        fileprivate static func all(
            in value: JSON?, of key: String, _ layer: Layer, isDefault: Bool = false
        ) -> [Use] {
            let references = value.flatMap { try? SecretReference.all(in: $0) } ?? []
            return references.map {
                Use(path: $0.path, layer: layer, key: key, isFixed: $0.version != nil, isDefault: isDefault)
            }
        }
    }

    /// The uses, by layer and key.
    let all: [Use]

    /// Looks at all values of a mount.
    init(_ scope: ConfigScope, _ picture: Picture) throws(EngineError) {
        var uses: [Use] = []
        for (key, entry) in picture.keys {
            uses += Use.all(in: entry.definition.defaultValue, of: key, .global, isDefault: true)
        }
        for (path, entries) in picture.layers {
            guard let layer = Layer(path: String(decoding: path, as: UTF8.self)) else { continue }
            let hidden = entries.filter { $0.value.said == nil }.keys
            // Sensitive values are not in the picture.
            try scope.transaction.need(hidden.map { StoreKey(scope.realm, ConfigRecords.entries, layer.place(of: $0)) })
            for (key, entry) in entries {
                var said = entry.said
                if said == nil { said = try scope.documents.current(.entry, layer.place(of: key))?.layerValue() }
                uses += Use.all(in: said?.value, of: key, layer)
            }
        }
        all = uses.sorted { left, right in
            left.layer == right.layer
                ? ByteOrder.precedes(left.key, right.key) : left.layer.path.lexicographicallyPrecedes(right.layer.path)
        }
    }
}

extension ConfigurationEngine {
    /// GET `references?path=`: which values refer to a secret.
    func readReferences(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        guard let path = try request.input.string("path"), !path.utf8.isEmpty else {
            throw .field("path", "the path of a secret, such as secret/data/app")
        }
        let uses = try uses(scope).all
            .filter { $0.path.elementsEqual(path.utf8) }
        return .data([
            "path": .string(path),
            "references": .array(
                uses.map { use in
                    ["layer": .string(use.place), "key": .string(use.key), "fixed": .bool(use.isFixed)]
                }),
        ])
    }
}
