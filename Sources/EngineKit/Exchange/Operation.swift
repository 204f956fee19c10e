/// What a request asks to do with a path (Vault's logical operations).
package enum Operation: UInt8, Hashable, Sendable, CaseIterable {
    /// Write a path that does not exist yet.
    case create
    /// Read a path.
    case read
    /// Write a path that exists, or one for which existence has no meaning.
    case update
    /// Change a part of a path (RFC 7396 merge patch).
    case patch
    /// Remove a path.
    case delete
    /// List the names below a path.
    case list
    /// List all the paths below a path.
    case scan
    /// Describe a path.
    case help
    /// Evaluate feature flags, which is asked for like a write and changes nothing that policies protect.
    case evaluate

    /// The word used in audit entries and messages.
    package var word: String {
        switch self {
        case .create: "create"
        case .read: "read"
        case .update: "update"
        case .patch: "patch"
        case .delete: "delete"
        case .list: "list"
        case .scan: "scan"
        case .help: "help"
        case .evaluate: "evaluate"
        }
    }
}
