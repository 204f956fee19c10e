/// Why a flag gave what it gave, in OpenFeature's words.
///
/// Clients accept nine upper-case words and no others; these are the ones that evaluation itself produces.
package enum EvaluationReason: String, CaseIterable, Sendable {
    /// The flag has no targets and no rules, so everyone gets the same.
    case `static` = "STATIC"
    /// No target and no rule fits, or the flag has no state in the environment.
    case `default` = "DEFAULT"
    /// A target or a rule fits.
    case targetingMatch = "TARGETING_MATCH"
    /// The bucket of a split decided.
    case split = "SPLIT"
    /// The flag is off, killed or archived, or a prerequisite is not met.
    case disabled = "DISABLED"
    /// There is no value; the error code says why.
    case error = "ERROR"
}

/// Why a flag has no value, in OpenFeature's words.
package enum EvaluationErrorCode: String, CaseIterable, Sendable {
    /// There is no flag of that key.
    case flagNotFound = "FLAG_NOT_FOUND"
    /// A split needs an attribute that the context does not have.
    case targetingKeyMissing = "TARGETING_KEY_MISSING"
    /// The context is not usable; see ``ContextError``.
    case invalidContext = "INVALID_CONTEXT"
    /// The request is not understood.
    case parseError = "PARSE_ERROR"
    /// The flag's records do not fit together.
    case general = "GENERAL"

    /// What the code means, for clients that show it.
    package var details: String {
        switch self {
        case .flagNotFound: "flag not found"
        case .targetingKeyMissing: "the context lacks the attribute that this flag's split is sticky by"
        case .invalidContext: "the context is not usable"
        case .parseError: "the request is not understood"
        case .general: "the flag cannot be evaluated"
        }
    }
}
