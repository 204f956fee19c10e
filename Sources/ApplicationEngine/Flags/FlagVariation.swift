import EngineKit
package import Notation

/// A variation of a multivariate flag: `{key, name?, percentageSplit?}`. In `flags/` the name is the variation's value.
package enum FlagVariation {
    /// The members it may have.
    package static let members = ["key", "name", "percentageSplit"]

    /// The variations of a definition.
    static func definition(_ field: ModelField) throws(ModelError) -> JSONObject {
        var variations = JSONObject()
        for element in try field.elements(limit: 100) {
            let object = try ModelObject(element, allowing: members)
            let key = try object.required("key")
            let name = try key.name()
            guard variations[name] == nil else { throw key.failure("is there twice") }
            variations[name] = .string(try object["name"]?.text(limit: 65_536) ?? name)
        }
        guard !variations.members.isEmpty else { throw field.failure("must have 1 to 100 elements") }
        return variations
    }

    /// The variations of a definition in the words of this door.
    ///
    /// - Parameter serve: what everybody gets whom no rule fits; `nil` where the flag has no state.
    package static func own(_ variations: JSONObject, _ serve: JSON?) -> JSON {
        .array(
            variations.members.map { variation in
                var own: JSONObject = [
                    "key": .string(variation.name),
                    // Flags that were made in `flags/` have values of any type.
                    "name": .string(variation.value.stringValue ?? variation.name),
                ]
                if let serve { own["percentageSplit"] = Shares.percentage(of: variation.name, in: serve) }
                return .object(own)
            })
    }
}
