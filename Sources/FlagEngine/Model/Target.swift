import EngineKit
package import Notation

/// Individuals who get a variation whatever the rules say.
package struct Target: Sendable {
    /// The kind of the ordinary targeting key.
    package static let userKind = "user"

    /// The variation they get.
    package var variation: String
    /// Their keys, compared by bytes.
    package var keys: [String]
    /// Whose keys these are: `user` for the context's targeting key, another name for that member's `key`.
    package var kind: String

    /// Makes a target.
    package init(variation: String, keys: [String], kind: String = Target.userKind) {
        self.variation = variation
        self.keys = keys
        self.kind = kind
    }

    init(_ field: ModelField) throws(ModelError) {
        let object = try ModelObject(field, allowing: ["variation", "keys", "kind"])
        variation = try object.required("variation").name()
        keys = try object.required("keys").distinctTexts(
            limit: ModelLimits.targetKeys, byteLimit: ModelLimits.keyBytes)
        kind = try object["kind"]?.name() ?? Self.userKind
    }

    /// The document.
    package var json: JSON {
        ["variation": .string(variation), "keys": .strings(keys), "kind": .string(kind)]
    }
}
