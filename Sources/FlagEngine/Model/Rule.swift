import EngineKit
package import Notation

/// Who gets what: the first rule whose conditions all hold decides.
package struct Rule: Sendable {
    /// The name of the rule, unique in its state.
    package var id: String
    /// What the rule is for, in words.
    package var description: String
    /// What must hold, all of it; a rule without conditions always holds.
    package var conditions: [Condition]
    /// What is then given.
    package var serve: Serve

    /// Makes a rule.
    package init(id: String, description: String = "", conditions: [Condition], serve: Serve) {
        self.id = id
        self.description = description
        self.conditions = conditions
        self.serve = serve
    }

    // An absent identifier becomes `fallbackID`.
    init(_ field: ModelField, offVariation: String, fallbackID: String) throws(ModelError) {
        let object = try ModelObject(field, allowing: ["id", "description", "if", "serve"])
        id = try object["id"]?.name() ?? fallbackID
        description = try object.text("description", limit: ModelLimits.descriptionBytes)
        conditions = []
        for element in try object.elements("if", limit: ModelLimits.conditions) {
            conditions.append(try Condition(element))
        }
        serve = try Serve(try object.required("serve"), offVariation: offVariation)
    }

    /// The document.
    package var json: JSON {
        [
            "id": .string(id), "description": .string(description), "if": .array(conditions.map(\.json)),
            "serve": serve.json,
        ]
    }
}
