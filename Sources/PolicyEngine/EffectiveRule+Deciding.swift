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

/// How many names a page of a listing may hold.
package enum PageLimit: Equatable, Sendable {
    /// The engine gets the request's own limit unchanged.
    case asRequested
    /// The engine gets this limit instead; 0 means no limit.
    case replaced(with: Int)
    /// The request asks for more than the rule allows.
    case denied
}

extension EffectiveRule {
    /// What the rule makes of the `limit` parameter of a listing.
    ///
    /// - Parameter requested: the parameter; `nil` when the request has none.
    package func pageLimit(requested: JSON?) -> PageLimit {
        let asksForMost = requested?.stringValue.map { $0.utf8.elementsEqual("max".utf8) } ?? false
        guard let maximum = conditions.paginationLimit else {
            return asksForMost ? .replaced(with: 0) : .asRequested
        }
        guard let requested else {
            let isRequired = conditions.parameters.required.contains { $0.bytesEqual(to: "limit") }
            return isRequired ? .denied : .replaced(with: maximum)
        }
        if asksForMost { return .replaced(with: maximum) }
        guard let limit = requested.intValue ?? requested.stringValue.flatMap({ Int($0) }) else { return .denied }
        if limit == 0 { return .replaced(with: maximum) }
        return limit > 0 && limit <= maximum ? .asRequested : .denied
    }
}
