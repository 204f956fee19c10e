package import Notation

extension EffectiveRule {
    /// Decides on a request whose path this rule won.
    func decide(_ request: borrowing AccessRequest, parameters: () -> JSONObject?) -> Decision {
        if isDeny { return .denied(.explicitDeny(self)) }
        guard let required = request.operation.requiredCapability, capabilities.contains(required) else {
            return .denied(.missingCapability(self))
        }
        if request.needsSudo, !capabilities.contains(.sudo) { return .denied(.missingSudo(self)) }
        if conditions.needsApproval { return .denied(.unsupportedCondition(self)) }
        guard conditions.admitsWrapping(seconds: request.wrapTTLSeconds) else {
            return .denied(.wrappingOutOfBounds(self))
        }
        if request.operation.checksParameters, !conditions.parameters.isEmpty {
            guard let data = parameters() else { return .denied(.unreadableParameters(self)) }
            if let reason = reason(for: conditions.parameters.violation(in: data)) { return .denied(reason) }
        }
        if request.operation.isListing, conditions.paginationLimit != nil {
            guard let data = parameters() else { return .denied(.unreadableParameters(self)) }
            if pageLimit(requested: data["limit"]) == .denied { return .denied(.pageTooLarge(self)) }
        }
        return .allowed(by: .rule(self))
    }

    private func reason(for violation: ParameterRules.Violation?) -> DenialReason? {
        switch violation {
        case .missing(let name): .missingParameter(name, self)
        case .denied(let name): .deniedParameter(name, self)
        case .unlisted(let name): .unlistedParameter(name, self)
        case nil: nil
        }
    }
}

extension Decision {
    /// What an allowed listing's `limit` parameter comes to; without a rule on it, `max` stands for no limit.
    ///
    /// - Parameter requested: the parameter; `nil` when the request has none.
    package func pageLimit(requested: JSON?) -> PageLimit {
        if case .allowed(by: .rule(let rule)) = self { return rule.pageLimit(requested: requested) }
        return PageLimit.isMost(requested) ? .replaced(with: 0) : .asRequested
    }

    /// The template for the keys of an allowed listing that the caller gets to see; `nil` for all of them.
    package var keyFilter: KeyFilterTemplate? {
        if case .allowed(by: .rule(let rule)) = self { rule.conditions.keyFilter } else { nil }
    }
}

/// How many names a page of a listing may hold.
package enum PageLimit: Equatable, Sendable {
    /// The engine gets the request's own limit unchanged.
    case asRequested
    /// The engine gets this limit instead; 0 means no limit.
    case replaced(with: Int)
    /// The request asks for more than the rule allows.
    case denied

    /// Whether the parameter asks for as much as there may be.
    static func isMost(_ requested: JSON?) -> Bool { requested?.stringValue?.bytesEqual(to: "max") ?? false }
}

extension EffectiveRule {
    /// What the rule makes of the `limit` parameter of a listing.
    ///
    /// - Parameter requested: the parameter; `nil` when the request has none.
    package func pageLimit(requested: JSON?) -> PageLimit {
        let asksForMost = PageLimit.isMost(requested)
        guard let maximum = conditions.paginationLimit else {
            return asksForMost ? .replaced(with: 0) : .asRequested
        }
        guard let requested else {
            let isRequired = conditions.parameters.required.contains { $0.bytesEqual(to: "limit") }
            return isRequired ? .denied : .replaced(with: maximum)
        }
        // Input takes empty text for 0, and so does this.
        if asksForMost || requested.stringValue?.utf8.isEmpty ?? false { return .replaced(with: maximum) }
        guard let limit = requested.intValue ?? requested.stringValue.flatMap({ Int($0) }) else { return .denied }
        if limit == 0 { return .replaced(with: maximum) }
        return limit > 0 && limit <= maximum ? .asRequested : .denied
    }
}
