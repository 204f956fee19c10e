import EngineKit
import Notation

/// A feature flag as this door shows it.
enum FlagEntry {
    /// The members of an answer.
    ///
    /// - Parameters:
    ///   - name: the flag's name.
    ///   - environment: where its state is looked at.
    ///   - definition: what it is; `nil` when the caller may not read it.
    ///   - state: how it behaves there; `nil` when it has no state there, or the caller may not read it.
    static func object(
        _ name: String, _ environment: String, _ definition: JSONObject?, _ state: JSONObject?
    ) -> JSONObject {
        let isOn = state?["on"]?.boolValue ?? false
        let isKilled = state?["killed"]?.boolValue ?? false
        let isArchived = definition?["archived"]?.boolValue ?? false
        var entry: JSONObject = ["name": .string(name)]
        if let definition { describe(definition, &entry) }
        entry["environment"] = .string(environment)
        entry["isEnabled"] = .bool(isOn && !isKilled && !isArchived)
        entry["isKilled"] = .bool(isKilled)
        if let definition { target(definition, state, &entry) }
        entry["version"] = state?["version"] ?? 0
        return entry.joined(with: Authorship.members(newest(definition, state)))
    }

    private static func describe(_ definition: JSONObject, _ entry: inout JSONObject) {
        entry["description"] = definition["description"] ?? ""
        entry["type"] = FlagKinds(definition).isBoolean ? "boolean" : "multivariate"
        entry["kind"] = definition["kind"]
        entry["owner"] = definition["owner"] ?? ""
        entry["tags"] = definition["tags"] ?? []
        entry["isClientVisible"] = definition["client_visible"] ?? false
        entry["isArchived"] = definition["archived"] ?? false
    }

    private static func target(_ definition: JSONObject, _ state: JSONObject?, _ entry: inout JSONObject) {
        let kinds = FlagKinds(definition)
        let serve = state?["fallthrough"]
        if kinds.isBoolean {
            entry["rolloutPercentage"] = serve.map { Shares.percentage(of: kinds.on, in: $0) } ?? 0
        } else {
            entry["variations"] = FlagVariation.own(definition["variations"]?.objectValue ?? [:], serve)
            entry["defaultVariationKey"] = state?["off_variation"] ?? .string(kinds.off)
        }
        entry["targetingRules"] = .array(
            (state?["rules"]?.arrayValue ?? []).map { TargetingRule.own($0, kinds) })
    }

    /// The facts of whichever changed last.
    private static func newest(_ definition: JSONObject?, _ state: JSONObject?) -> JSONObject {
        guard let definition else { return state ?? [:] }
        guard let state else { return definition }
        let times = [definition, state].map { facts in
            facts["updated_time"]?.stringValue.flatMap { Timestamp(parsing: $0) } ?? .earliest
        }
        return times[0] > times[1] ? definition : state
    }
}
