import ApplicationEngine
import ChangeSetEngine
package import ConfigEngine
package import EngineKit
package import FlagEngine
import Identity
import KVEngine

/// Which types can be mounted, and the engine behind each.
package struct EngineCatalog: Sendable {
    private let versioned = VersionedKeyValueEngine().routes
    private let unversioned = UnversionedKeyValueEngine().routes
    private let cubbyhole = CubbyholeEngine { token, transaction throws(EngineError) in
        try transaction.get(TokenRecords.wrapped(token))
    }.routes
    private let token: RouteTable
    private let system: RouteTable
    private let flags: RouteTable
    private let configuration: RouteTable
    /// What spans secrets, configuration and flags: the routes of several engines, each below names of its own.
    private let spanning = RouteTable(ApplicationEngine.all + ChangeSetEngine().routes.routes)
    private static let empty = RouteTable([])

    /// Makes a catalogue.
    ///
    /// - Parameters:
    ///   - flags: the engine of feature flags, which keeps compiled flags in memory.
    ///   - configuration: the engine of configuration, which keeps a picture of each mount in memory.
    package init(
        token: RouteTable, system: RouteTable, flags: FeatureFlagEngine, configuration: ConfigurationEngine
    ) {
        self.token = token
        self.system = system
        self.flags = flags.routes
        self.configuration = configuration.routes
    }

    /// The secrets engines that `sys/mounts/…` makes: the type asked for, the type shown, and the options it implies.
    package static func secretType(_ name: String) -> (type: String, options: [(name: String, value: String)])? {
        switch name {
        case "kv", "generic": (name, [])
        case "kv-v1": ("kv", [("version", "1")])
        case "kv-v2": ("kv", [("version", "2")])
        case "flags", "config": (name, [])
        default: nil
        }
    }

    /// Auth methods that can be enabled. Clients enable some by name only to list and tune them; those answer every
    /// login with 404 until their method is there.
    package static let authTypes = [
        "approle", "cert", "gcp", "github", "jwt", "kubernetes", "ldap", "oidc", "userpass",
    ]

    /// The types that are served, as catalogues of plugins group them.
    package static let served = (secret: ["config", "cubbyhole", "flags", "kv", "pulse", "system"], auth: ["token"])

    /// The routes of a mount.
    package func routes(of entry: MountEntry) -> RouteTable {
        switch entry.type {
        case "kv", "generic":
            entry.options.contains { $0.name == "version" && $0.value == "2" } ? versioned : unversioned
        case "cubbyhole": cubbyhole
        case "flags": flags
        case "config": configuration
        case "pulse": spanning
        case "system": system
        case "token": token
        default: Self.empty
        }
    }
}
