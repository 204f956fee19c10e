/// What a request asks to do, as far as policies tell operations apart.
package enum AccessOperation: UInt8, Hashable, Sendable, CaseIterable {
    case create, read, update, patch, delete, list, scan
    /// Evaluate feature flags.
    case evaluate
    /// Describe a path; everybody may.
    case help
    /// Revoke, renew or roll back what a path made; each counts as an update.
    case revoke, renew, rollback
    /// HTTP's `HEAD`, which no rule grants.
    case header

    /// The capability a rule must have; `nil` where no capability grants the operation.
    package var requiredCapability: Capabilities? {
        switch self {
        case .create: .create
        case .read: .read
        case .update, .revoke, .renew, .rollback: .update
        case .patch: .patch
        case .delete: .delete
        case .list: .list
        case .scan: .scan
        case .evaluate: .evaluate
        case .help, .header: nil
        }
    }

    /// Whether the operation names a folder, so that its path ends in `/`.
    package var isListing: Bool { self == .list || self == .scan }

    /// Whether a rule's conditions on parameters apply.
    var checksParameters: Bool {
        self == .read || self == .create || self == .update || self == .patch || self == .evaluate
    }
}
