import EngineKit
import Notation

/// The body of a request to make a flag.
struct FlagCreation {
    /// The members it may have.
    static let members =
        TargetingPlan.members + [
            "name", "description", "type", "isEnabled", "environment", "owner", "tags", "kind", "isClientVisible",
            "reason",
        ]

    /// The flag's name.
    let name: String
    /// Where it gets its first state.
    let environment: String
    /// What it is, in the words of `flags/`.
    let definition: JSONObject
    /// How it behaves, in the words of `flags/`.
    let state: JSONObject
    /// Why it is made.
    let reason: String

    /// Reads a body.
    init(_ body: ModelObject) throws(ModelError) {
        name = try body.required("name").name()
        environment = try body["environment"]?.name() ?? DefaultEnvironment.ofFlags
        reason = try body.text("reason", limit: 1_024)
        var definition: JSONObject = ["description": .string(try body.text("description", limit: 4_096))]
        let kinds: FlagKinds
        if try Self.isBoolean(body) {
            definition["type"] = "boolean"
            kinds = .boolean
        } else {
            let variations = try FlagVariation.definition(try body.required("variations"))
            definition["type"] = "string"
            definition["variations"] = .object(variations)
            kinds = FlagKinds(variations: variations)
        }
        definition["owner"] = .string(try body.text("owner", limit: 256))
        definition["client_visible"] = .bool(try body.bool("isClientVisible", default: false))
        if let kind = body["kind"] { definition["kind"] = .string(try kind.text(limit: 32)) }
        if let tags = body["tags"] { definition["tags"] = .array(try tags.array(limit: 50)) }
        self.definition = definition
        let isEnabled: JSONObject = ["on": .bool(try body.bool("isEnabled", default: false))]
        state = isEnabled.joined(with: try TargetingPlan(body, kinds).state)
    }

    private static func isBoolean(_ body: ModelObject) throws(ModelError) -> Bool {
        guard let type = body["type"] else { return true }
        let text = try type.text(limit: 32)
        if text.bytesEqual(to: "boolean") { return true }
        guard text.bytesEqual(to: "multivariate") else { throw type.failure("must be one of boolean, multivariate") }
        return false
    }
}
