package import EngineKit
import Notation

extension VaultResponse {
    /// An answer in Vault's error shape, `{"errors":[…]}`.
    package static func errors(_ status: UInt16, _ messages: [String] = []) -> VaultResponse {
        var response = VaultResponse(
            status: status, contentType: "application/json",
            body: JSON.object(["errors": .strings(messages)]).serialized())
        response.errors = messages
        return response
    }

    /// What a client with a wrong or missing token hears; the same bytes whatever was wrong.
    package static let permissionDenied = {
        var response = errors(403, ["permission denied"])
        response.lacksToken = true
        return response
    }()

    /// What a client hears when no rule of its policies allows the request.
    package static let deniedByPolicy = errors(403, ["1 error occurred:\n\t* permission denied\n\n"])

    /// What a client hears while there is no key.
    package static let sealed = errors(503, ["Vault is sealed"])

    /// What a client hears when no audit device took the record of its request or of its answer.
    package static let unrecorded = errors(500, ["internal error"])

    /// The one table from errors to statuses. Reasons and details stay in audit and log.
    package init(_ error: EngineError) {
        switch error {
        case .invalid(let messages): self = .errors(400, messages)
        case .mismatch(let kind, let messages):
            self = .errors(400, messages)
            mismatch = kind
        case .notFound: self = .errors(404)
        case .unsupportedPath: self = .errors(404, ["1 error occurred:\n\t* unsupported path\n\n"])
        case .unsupportedOperation: self = .errors(405, ["1 error occurred:\n\t* unsupported operation\n\n"])
        case .permissionDenied: self = .deniedByPolicy
        case .status(let status, let messages): self = .errors(status, messages)
        case .store(.sealed): self = .sealed
        case .store(.tooLarge(let limit)): self = .errors(400, [limit])
        case .store(.conflict), .inconsistentRead:
            self = .errors(503, ["the path is being written too often; try again"])
        case .store(.corrupted), .store(.unavailable), .internalError, .notLoaded:
            self = .errors(500, ["internal error"])
        }
    }
}

extension EngineError {
    /// What audit and log say about an error.
    package var auditText: String {
        switch self {
        case .invalid(let messages), .mismatch(_, let messages), .status(_, let messages):
            messages.joined(separator: "; ")
        case .notFound: "not found"
        case .unsupportedPath: "unsupported path"
        case .unsupportedOperation: "unsupported operation"
        case .permissionDenied(let reason): "permission denied: \(reason)"
        case .internalError(let text): "internal error: \(text)"
        case .store(.sealed): "Vault is sealed"
        case .store(.conflict), .inconsistentRead: "conflicting writes"
        case .store(.corrupted(let row)): "stored record could not be authenticated: \(row)"
        case .store(.tooLarge(let text)), .store(.unavailable(let text)): text
        case .notLoaded: "a record was not loaded"
        }
    }
}
