/// The answer of the access control list, with what led to it.
///
/// The reason is for the audit log; a client hears `permission denied` and no more.
package enum Decision: Sendable {
    /// The request may go on.
    case allowed(by: Grant)
    /// The request stops here.
    case denied(DenialReason)

    /// Whether the request may go on.
    package var isAllowed: Bool { if case .allowed = self { true } else { false } }

    /// Whether the request may use privileges that a handler asks for itself: root, or a rule with `sudo`.
    package var hasSudo: Bool {
        switch self {
        case .allowed(by: .root): true
        case .allowed(by: .rule(let rule)): rule.capabilities.contains(.sudo)
        case .allowed(by: .help), .denied: false
        }
    }
}

/// What allowed a request.
package enum Grant: Sendable {
    /// The `root` policy.
    case root
    /// Help is for everybody.
    case help
    /// The winning rule.
    case rule(EffectiveRule)
}

/// Why a request was denied.
package enum DenialReason: Sendable {
    /// No rule matches the path.
    case noMatchingRule
    /// The winning rule says `deny`.
    case explicitDeny(EffectiveRule)
    /// The winning rule lacks the capability.
    case missingCapability(EffectiveRule)
    /// The path is root-protected and the winning rule lacks `sudo`.
    case missingSudo(EffectiveRule)
    /// The winning rule asks for response wrapping within bounds that the request does not meet.
    case wrappingOutOfBounds(EffectiveRule)
    /// The rule wants multi-factor or control group approval, which this server does not offer.
    case unsupportedCondition(EffectiveRule)
    /// The request lacks a required parameter of this name.
    case missingParameter(String, EffectiveRule)
    /// A parameter of this name is denied, or its value is.
    case deniedParameter(String, EffectiveRule)
    /// A parameter of this name, or its value, is not among the allowed ones.
    case unlistedParameter(String, EffectiveRule)
    /// The request's parameters could not be read, and the rule has conditions on them.
    case unreadableParameters(EffectiveRule)
    /// The page asked for is larger than the rule allows, or the rule requires a limit and none was given.
    case pageTooLarge(EffectiveRule)

    /// The winning rule, when there was one.
    package var rule: EffectiveRule? {
        switch self {
        case .noMatchingRule:
            nil
        case .explicitDeny(let rule), .missingCapability(let rule), .missingSudo(let rule),
            .wrappingOutOfBounds(let rule), .unsupportedCondition(let rule), .missingParameter(_, let rule),
            .deniedParameter(_, let rule), .unlistedParameter(_, let rule), .unreadableParameters(let rule),
            .pageTooLarge(let rule):
            rule
        }
    }

    /// The reason in a few words for the audit log; parameter names appear, values never.
    package var explanation: String {
        switch self {
        case .noMatchingRule: "no rule matches the path"
        case .explicitDeny: "the rule denies the path"
        case .missingCapability: "the rule lacks the capability"
        case .missingSudo: "the path is root-protected and the rule lacks sudo"
        case .wrappingOutOfBounds: "the response is not wrapped within the rule's bounds"
        case .unsupportedCondition: "the rule asks for mfa_methods or control_group, which are not supported"
        case .missingParameter(let name, _): "required parameter '\(name)' is missing"
        case .deniedParameter(let name, _): "parameter '\(name)' or its value is denied"
        case .unlistedParameter(let name, _): "parameter '\(name)' or its value is not allowed"
        case .unreadableParameters: "the parameters could not be read"
        case .pageTooLarge: "the page limit is missing or above the rule's"
        }
    }
}
