package import EngineKit
package import Notation

/// Who gets a feature: targeting rules, the share of everybody else, and what those get who do not have it.
package struct TargetingPlan {
    /// The members of a body that say it.
    package static let members = ["targetingRules", "rolloutPercentage", "variations", "defaultVariationKey"]

    /// The rules of `flags/`; `nil` when nothing is said of them.
    package let rules: [JSON]?
    /// What everybody gets whom no rule fits; `nil` when it stays what it is.
    package let fallThrough: JSON?
    /// What those get who do not have the feature; `nil` when it stays what it is.
    package let off: String?

    /// Reads what a body says.
    ///
    /// Where it has rules and no share of everybody else, the feature is for those whom the rules fit. Only a share
    /// that is under way stays as it is.
    ///
    /// - Parameters:
    ///   - body: the body.
    ///   - kinds: what kind the flag is.
    ///   - present: what everybody gets so far; `nil` for a flag that has no state yet.
    ///   - presentOff: the off variation so far; `nil` for a flag that has no state yet.
    package init(
        _ body: ModelObject, _ kinds: FlagKinds, present: JSON? = nil, presentOff: String? = nil
    ) throws(ModelError) {
        try Self.check(body, kinds)
        let written = body["defaultVariationKey"]
        let off = try written?.name() ?? presentOff ?? kinds.off
        let shares = try body["variations"].flatMap { field throws(ModelError) in try Shares.serve(field) }
        // Where JSON is expected, a bare `nil` would be its null.
        let rules = try Self.rules(body, kinds, shares: kinds.isBoolean ? Optional.none : shares ?? present)
        self.rules = rules
        self.off = written != nil || presentOff == nil ? off : Optional.none
        if let percentage = body["rolloutPercentage"] {
            fallThrough = try Shares.serve(percentage, of: kinds.on, over: off)
        } else if kinds.isBoolean {
            fallThrough = Self.everybodyElse(rules, kinds, present: present, off: off)
        } else {
            let hasParticipants = (body["targetingRules"]?.json.arrayValue ?? []).contains {
                TargetingRule.isParticipation($0)
            }
            fallThrough = Self.everybodyElse(shares, hasParticipants: hasParticipants, present: present, off: off)
        }
    }

    /// Refuses what is for flags of the other kind.
    private static func check(_ body: ModelObject, _ kinds: FlagKinds) throws(ModelError) {
        for name in kinds.isBoolean ? ["defaultVariationKey", "variations"] : ["rolloutPercentage"] {
            guard let field = body[name] else { continue }
            throw field.failure("belongs to \(kinds.isBoolean ? "multivariate" : "boolean") flags")
        }
    }

    private static func rules(
        _ body: ModelObject, _ kinds: FlagKinds, shares: JSON?
    ) throws(ModelError) -> [JSON]? {
        guard let field = body["targetingRules"] else { return nil }
        var rules: [JSON] = []
        for element in try field.elements(limit: 200) {
            rules.append(try TargetingRule.engine(element, kinds, shares: shares))
        }
        return rules
    }

    /// What everybody else gets of a boolean flag when nothing is said of a share.
    private static func everybodyElse(_ rules: [JSON]?, _ kinds: FlagKinds, present: JSON?, off: String) -> JSON? {
        if present?["split"] != nil { return nil }
        if rules == nil, present != nil { return nil }
        return ["variation": .string(rules?.isEmpty ?? true ? kinds.on : off)]
    }

    /// What everybody else gets of a multivariate flag.
    private static func everybodyElse(_ shares: JSON?, hasParticipants: Bool, present: JSON?, off: String) -> JSON? {
        if !hasParticipants, let shares { return shares }
        if !hasParticipants, present != nil { return nil }
        return ["variation": .string(off)]
    }

    /// The members of a state of `flags/` that say the same.
    package var state: JSONObject {
        var state = JSONObject()
        if let rules { state["rules"] = .array(rules) }
        if let fallThrough { state["fallthrough"] = fallThrough }
        if let off { state["off_variation"] = .string(off) }
        return state
    }
}
