package import EngineKit
import Notation

/// What is known of a mount: a secrets engine or an auth method at a path.
package struct MountEntry: Sendable {
    /// The path with its trailing slash; auth methods begin with `auth/`.
    package var path: [UInt8]
    /// The type as the API shows it, such as `kv`.
    package var type: String
    /// Text for people.
    package var description = ""
    /// A version 4 UUID that stays with the mount when it moves.
    package var uuid: String
    /// The accessor, `<type>_` and eight hexadecimal digits.
    package var accessor: String
    /// Who owns the mount's records.
    package var realm: Realm
    /// Options; for `kv` the `version`.
    package var options: [(name: String, value: String)] = []
    /// What can be tuned.
    package var tuning = MountTuning()
    /// Whether the mount was declared local; kept for clients, without effect on one node.
    package var isLocal = false
    /// Whether seal wrapping was asked for; kept for clients, everything is sealed anyway.
    package var wantsSealWrap = false

    /// Makes an entry.
    package init(path: [UInt8], type: String, uuid: String, accessor: String, realm: Realm) {
        self.path = path
        self.type = type
        self.uuid = uuid
        self.accessor = accessor
        self.realm = realm
    }

    /// Whether this is an auth method.
    package var isAuth: Bool { path.starts(with: "auth/".utf8) }

    /// The path as text, without `auth/` for auth methods: the key under which listings show the mount.
    package var listedPath: String {
        String(decoding: isAuth ? Array(path.dropFirst("auth/".utf8.count)) : path, as: UTF8.self)
    }

    /// The mount as its engine sees it.
    package func context(systemDefaultTTL: Int, systemMaxTTL: Int) -> MountContext {
        MountContext(
            path: path, type: type, accessor: accessor, realm: realm, options: options,
            defaultLeaseTTL: tuning.defaultLeaseTTL > 0 ? tuning.defaultLeaseTTL : systemDefaultTTL,
            maxLeaseTTL: tuning.maxLeaseTTL > 0 ? tuning.maxLeaseTTL : systemMaxTTL)
    }
}

/// What `sys/mounts/…/tune` changes. Times are seconds; 0 stands for the system's value.
package struct MountTuning: Sendable {
    /// The default time to live.
    package var defaultLeaseTTL = 0
    /// The longest time to live.
    package var maxLeaseTTL = 0
    /// Kept for clients; sealed values are cached, plaintext never is.
    package var forcesNoCache = false
    /// Request fields that audit shows in clear.
    package var auditNonHMACRequestKeys: [String] = []
    /// Response fields that audit shows in clear.
    package var auditNonHMACResponseKeys: [String] = []
    /// Empty, `hidden` or `unauth`.
    package var listingVisibility = ""
    /// Headers that are handed to the engine.
    package var passthroughRequestHeaders: [String] = []
    /// Headers that the engine may set.
    package var allowedResponseHeaders: [String] = []
    /// For auth methods: `default-service`, `default-batch`, `service` or `batch`.
    package var tokenType = ""

    /// Makes a tuning in which nothing is set.
    package init() {}

    /// The values of `listing_visibility`.
    package static let visibilities = ["", "hidden", "unauth"]
}
