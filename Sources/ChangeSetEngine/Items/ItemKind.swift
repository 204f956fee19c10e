import EngineKit

/// What an item of a change set is about.
package enum ItemKind: String, CaseIterable, Sendable {
    /// A secret of a mount with versions (KV version 2).
    case secret
    /// What a layer of configuration says of a key.
    case config
    /// What a key of configuration is.
    case key
    /// What a feature flag is.
    case flag
    /// How a feature flag behaves in an environment.
    case state
    /// A group of targets in an environment.
    case segment
    /// A policy.
    case policy

    /// The part of a mount in which things of the kind stand.
    var area: String {
        switch self {
        case .secret, .config: "data"
        case .key: "keys"
        case .flag: "definitions"
        case .state: "states"
        case .segment: "segments"
        case .policy: "policies/acl"
        }
    }

    /// The mount of a path that names none; `nil` where the path begins with its mount always.
    var usualMount: String? {
        switch self {
        case .secret: nil
        case .config, .key: "config/"
        case .flag, .state, .segment: "flags/"
        case .policy: "sys/"
        }
    }

    /// Whether a mount has things of the kind.
    func isServed(by mount: MountContext) -> Bool {
        switch self {
        case .secret: mount.keepsVersions
        case .config, .key: mount.type.utf8.elementsEqual("config".utf8)
        case .flag, .state, .segment: mount.type.utf8.elementsEqual("flags".utf8)
        case .policy: mount.type.utf8.elementsEqual("system".utf8)
        }
    }

    /// How many slashes the name of a thing has.
    var slashes: ClosedRange<Int> {
        switch self {
        case .secret: 0...Int.max
        case .config: 1...4
        case .key, .flag, .policy: 0...0
        case .state, .segment: 1...1
        }
    }

    /// What can be done with things of the kind.
    var operations: [ItemOperation] {
        switch self {
        case .secret: [.put, .patch, .delete, .undelete, .rollback]
        case .flag: [.put, .patch, .delete, .undelete, .rollback]
        case .config, .key, .state, .segment: [.put, .patch, .delete, .rollback]
        case .policy: [.put, .delete]
        }
    }
}

/// What an item does with what stands at its path.
package enum ItemOperation: String, CaseIterable, Sendable {
    /// Write it as a whole.
    case put
    /// Change members of it (RFC 7396).
    case patch
    /// Take it away.
    case delete
    /// Take a deletion back: of versions of a secret, or of an archived flag.
    case undelete
    /// Write an earlier version of it again.
    case rollback
}
