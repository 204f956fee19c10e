package import Notation

/// A request as an engine sees it: authorised, audited, with its path made canonical.
///
/// A class, because it is handed on many times and never changed.
package final class EngineRequest: Sendable {
    /// What is asked.
    package let operation: Operation
    /// The path inside of the mount, without a leading slash; listings end in `/` or are empty.
    package let path: [UInt8]
    /// The parts of the path that the route's pattern named.
    package let captures: Captures
    /// Body or query.
    package let input: Input
    /// Where the engine is mounted and how.
    package let mount: MountContext
    /// Who asks.
    package let caller: Caller
    /// For how many seconds the answer is to be wrapped; `nil` for no wrapping.
    package let wrapTTL: Int?
    /// The time of the request; the same in each attempt.
    package let now: Timestamp
    /// When the request came in: before `now` when it has waited for something to happen.
    package let arrived: Timestamp
    /// Where identifiers come from.
    package let random: any RandomSource
    /// What the caller may do besides.
    package let rights: any CallerRights
    /// The rest of the vault in the caller's name; it refuses where the route does not declare to ask it.
    package let vault: any VaultAccess
    /// The protocol in whose words the answer is to be given.
    package let dialect: Dialect
    /// The entity tags of the answers that the client has already (`If-None-Match`, RFC 9110, section 13.1.2); `nil`
    /// when it did not say.
    package let knownTags: String?
    /// The last event that the client saw of a stream (`Last-Event-ID`); `nil` when it did not say.
    package let lastEvent: String?
    /// Which instance of a service asks (`X-Pulse-Instance`); `nil` when it did not say.
    package let instance: String?

    /// The protocols in which an engine may be asked.
    package enum Dialect: Sendable {
        /// Vault's: the answer's data goes into the envelope.
        case vault
        /// The OpenFeature Remote Evaluation Protocol: bare bodies.
        case ofrep
    }

    /// Makes a request.
    package init(
        operation: Operation, path: [UInt8], captures: Captures = Captures(), input: Input = .none,
        mount: MountContext, caller: Caller, wrapTTL: Int? = nil, now: Timestamp, random: any RandomSource,
        rights: any CallerRights = NoRights(), dialect: Dialect = .vault, knownTags: String? = nil,
        lastEvent: String? = nil, instance: String? = nil, arrived: Timestamp? = nil,
        vault: any VaultAccess = NoVaultAccess()
    ) {
        self.operation = operation
        self.path = path
        self.captures = captures
        self.input = input
        self.mount = mount
        self.caller = caller
        self.wrapTTL = wrapTTL
        self.now = now
        self.arrived = arrived ?? now
        self.random = random
        self.rights = rights
        self.vault = vault
        self.dialect = dialect
        self.knownTags = knownTags
        self.lastEvent = lastEvent
        self.instance = instance
    }
}

/// The named parts of a path, as bytes.
package struct Captures: Sendable {
    private var items: [(name: String, value: [UInt8])] = []

    /// Makes an empty set.
    package init() {}

    /// The bytes captured under a name; empty when the route did not capture it.
    package subscript(_ name: String) -> [UInt8] { items.first { $0.name == name }?.value ?? [] }

    /// The captured bytes as text.
    package func text(_ name: String) -> String { String(decoding: self[name], as: UTF8.self) }

    /// Captures bytes under a name.
    package mutating func add(_ name: String, _ value: some Sequence<UInt8>) { items.append((name, Array(value))) }
}

/// A mount as its engine sees it.
package final class MountContext: Sendable {
    /// The mount's path with its trailing slash, such as `secret/`.
    package let path: [UInt8]
    /// The type, such as `kv`.
    package let type: String
    /// The accessor, such as `kv_1a2b3c4d`.
    package let accessor: String
    /// Who owns the mount's records.
    package let realm: Realm
    /// The mount's options, such as `version` = `2`.
    package let options: [(name: String, value: String)]
    /// The effective default time to live of leases and tokens, in seconds.
    package let defaultLeaseTTL: Int
    /// The effective longest time to live, in seconds.
    package let maxLeaseTTL: Int

    /// Describes a mount.
    package init(
        path: [UInt8], type: String, accessor: String = "", realm: Realm, options: [(name: String, value: String)] = [],
        defaultLeaseTTL: Int = 2_764_800, maxLeaseTTL: Int = 2_764_800
    ) {
        self.path = path
        self.type = type
        self.accessor = accessor
        self.realm = realm
        self.options = options
        self.defaultLeaseTTL = defaultLeaseTTL
        self.maxLeaseTTL = maxLeaseTTL
    }

    /// Whether the mount is one of secrets that keep their versions (KV version 2).
    package var keepsVersions: Bool {
        type.utf8.elementsEqual("kv".utf8) && option("version").map { $0.utf8.elementsEqual("2".utf8) } ?? false
    }

    /// The value of an option; `nil` when it is not set.
    package func option(_ name: String) -> String? {
        options.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
}
