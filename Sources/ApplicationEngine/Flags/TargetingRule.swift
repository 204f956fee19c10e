package import EngineKit
package import Notation

/// A targeting rule of this door and the rule of `flags/` that it stands for.
///
/// Its one condition is written into it, several stand under `conditions` and must all hold. Whom it fits gets the
/// feature; of them `rolloutPercentage` (boolean flags), or `variationKey`, or the shares of `variations`.
package enum TargetingRule {
    private static let members =
        TargetingCondition.members + ["conditions", "description", "rolloutPercentage", "variationKey", "variations"]

    /// The rule of `flags/`.
    ///
    /// - Parameters:
    ///   - field: the rule.
    ///   - kinds: what kind the flag is.
    ///   - shares: what those get who take part in a multivariate flag and are given nothing else.
    package static func engine(
        _ field: ModelField, _ kinds: FlagKinds, shares: JSON?
    ) throws(ModelError) -> JSON {
        let object = try ModelObject(field, allowing: members)
        var rule: JSONObject = ["if": .array(try conditions(object))]
        if let description = object["description"] {
            rule["description"] = .string(try description.text(limit: 4_096))
        }
        rule["serve"] = try serve(object, kinds, shares: shares)
        return .object(rule)
    }

    /// Whether a rule says who takes part, and leaves to the flag what they get.
    package static func isParticipation(_ rule: JSON) -> Bool {
        !["variationKey", "variations"].contains { name in rule[name].map { $0.kind != .null } ?? false }
    }

    private static func conditions(_ object: ModelObject) throws(ModelError) -> [JSON] {
        guard let several = object["conditions"] else { return [try TargetingCondition.engine(object)] }
        for name in TargetingCondition.members {
            guard let other = object[name] else { continue }
            throw other.failure("cannot stand beside conditions")
        }
        var conditions: [JSON] = []
        for element in try several.elements(limit: 50) {
            let condition = try ModelObject(element, allowing: TargetingCondition.members)
            conditions.append(try TargetingCondition.engine(condition))
        }
        return conditions
    }

    private static func serve(
        _ object: ModelObject, _ kinds: FlagKinds, shares: JSON?
    ) throws(ModelError) -> JSON {
        let (percentage, variation, variations) =
            (object["rolloutPercentage"], object["variationKey"], object["variations"])
        if let percentage {
            if let other = variation ?? variations { throw other.failure("cannot stand beside rolloutPercentage") }
            guard kinds.isBoolean else { throw percentage.failure("belongs to boolean flags") }
            return try Shares.serve(percentage, of: kinds.on, over: kinds.off)
        }
        if let variation {
            if let variations { throw variations.failure("cannot stand beside variationKey") }
            return ["variation": .string(try variation.name())]
        }
        if let variations {
            guard let serve = try Shares.serve(variations) else {
                throw variations.failure("the percentageSplit values must sum to 100")
            }
            return serve
        }
        return shares ?? ["variation": .string(kinds.on)]
    }

    /// The rule in the words of this door.
    package static func own(_ rule: JSON, _ kinds: FlagKinds) -> JSON {
        let conditions = (rule["if"]?.arrayValue ?? []).map { TargetingCondition.own($0) }
        var own: JSONObject
        if conditions.count == 1, let only = conditions.first {
            own = only
        } else {
            own = ["conditions": .array(conditions.map { .object($0) })]
        }
        if let text = rule["description"], text.stringValue?.utf8.isEmpty == false { own["description"] = text }
        let serve = rule["serve"] ?? [:]
        if let variation = serve["variation"]?.stringValue {
            let isUsual = kinds.isBoolean && variation.bytesEqual(to: kinds.on)
            if !isUsual { own["variationKey"] = .string(variation) }
        } else if kinds.isBoolean {
            own["rolloutPercentage"] = Shares.percentage(of: kinds.on, in: serve)
        } else {
            let shares = (serve["split"]?.arrayValue ?? []).compactMap { $0["variation"]?.stringValue }
            own["variations"] = .array(
                shares.map { ["key": .string($0), "percentageSplit": Shares.percentage(of: $0, in: serve)] })
        }
        return .object(own)
    }
}
