import VaultCore

/// What the origin of a web page means for its request (CORS, the Fetch standard, section 3.2).
enum CrossOrigin {
    /// No page of another origin asks, or none may: nothing is said about origins.
    case silent
    /// The page may not.
    case refused
    /// A browser asks beforehand what a page may send.
    case preflight(origin: String, headers: [String])
    /// The page may.
    case allowed(origin: String)

    /// Looks at a head.
    ///
    /// - Parameter rules: which pages may; `nil` when none may, which is the default.
    init(_ head: some RequestHead, _ rules: CrossOriginRules?) {
        guard let rules, let origin = head.value(of: .origin) else {
            self = .silent
            return
        }
        if !rules.allow(origin) {
            self = .refused
        } else if head.methodName == "OPTIONS", head.value(of: .requestedMethod) != nil {
            self = .preflight(origin: origin, headers: CrossOriginRules.usualHeaders + rules.headers)
        } else {
            self = .allowed(origin: origin)
        }
    }

    /// The answer that the origin alone decides; `nil` when the request is to be served.
    var answer: VaultResponse? {
        switch self {
        case .silent, .allowed: return nil
        case .refused: return .errors(403, ["origin not allowed"])
        case .preflight(let origin, let headers):
            var response = VaultResponse(status: 204)
            response.allowedOrigin = origin
            response.allowedHeaders = headers
            return response
        }
    }

    /// An answer with what the page's browser must be told.
    func marked(_ response: VaultResponse) -> VaultResponse {
        guard case .allowed(let origin) = self else { return response }
        var response = response
        response.allowedOrigin = origin
        return response
    }
}
