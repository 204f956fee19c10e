package import EngineKit
import Identity

/// The engine at `sys/`: mounts, policies, capabilities, keys, audit devices, tools (Vault API, `sys/`).
///
/// It is an ordinary engine behind the same ACL and audit as all others. What it needs of the running server it
/// reaches through `SystemServices` only.
package struct SystemEngine: Engine {
    let services: SystemServices

    /// Makes the engine.
    package init(services: SystemServices) { self.services = services }

    /// The routes of `sys/`; the groups are beside this file.
    package var routes: RouteTable {
        RouteTable(
            mountRoutes + authRoutes + policyRoutes + capabilityRoutes + keyRoutes + auditRoutes + toolRoutes
                + ceremonyRoutes + interfaceRoutes + hostRoutes + pluginRoutes + auditedHeaderRoutes + crossOriginRoutes
                + rotationConfigurationRoutes
                + wrappingRoutes + leaseRoutes + storageRoutes)
    }

    /// The snapshot that requests are being served from.
    func running() throws(EngineError) -> Running {
        guard let running = services.running() else { throw .store(.sealed) }
        return running
    }
}

/// What the system engine needs of the server it runs in.
package struct SystemServices: Sendable {
    /// The number, install time and count of encryptions of the active term.
    package struct KeyStatus: Sendable {
        /// The term's number, from 1.
        package var term: UInt32
        /// When the term was made, as RFC 3339 text.
        package var installTime: String
        /// How many values were sealed with the term, as far as is known.
        package var encryptions: UInt64

        /// Describes the active term.
        package init(term: UInt32, installTime: String, encryptions: UInt64) {
            self.term = term
            self.installTime = installTime
            self.encryptions = encryptions
        }
    }

    /// The current snapshot; `nil` while sealed.
    package var running: @Sendable () -> Running?
    /// Seals the vault.
    package var seal: @Sendable () async -> Void
    /// Adds a term to the keyring.
    package var rotate: @Sendable () async throws(EngineError) -> Void
    /// Describes the active term.
    package var keyStatus: @Sendable () throws(EngineError) -> KeyStatus
    /// Brings changed mounts, policies, devices and settings into force.
    package var reload: @Sendable () async -> Void
    /// Whether audit devices may be made through the API.
    package var allowsAuditDevices: Bool
    /// The address that clients reach this node under.
    package var apiAddress: @Sendable () -> String
    /// Reads the level of all loggers; sets it when a level is given. `nil` when the word is not a level.
    package var logLevel: @Sendable (String?) -> String?
    /// Rekeying and generating root tokens.
    package var ceremonies: Ceremonies
    /// Whether `sys/rekey/*` is served without a token.
    package var allowsUnauthenticatedRekey: Bool
    /// Whether `sys/generate-root/*` is served without a token.
    package var allowsUnauthenticatedGenerateRoot: Bool

    /// Collects the services.
    package init(
        running: @escaping @Sendable () -> Running?, seal: @escaping @Sendable () async -> Void,
        rotate: @escaping @Sendable () async throws(EngineError) -> Void,
        keyStatus: @escaping @Sendable () throws(EngineError) -> KeyStatus,
        reload: @escaping @Sendable () async -> Void, allowsAuditDevices: Bool,
        apiAddress: @escaping @Sendable () -> String, logLevel: @escaping @Sendable (String?) -> String?,
        ceremonies: Ceremonies, allowsUnauthenticatedRekey: Bool = false,
        allowsUnauthenticatedGenerateRoot: Bool = false
    ) {
        self.running = running
        self.seal = seal
        self.rotate = rotate
        self.keyStatus = keyStatus
        self.reload = reload
        self.allowsAuditDevices = allowsAuditDevices
        self.apiAddress = apiAddress
        self.logLevel = logLevel
        self.ceremonies = ceremonies
        self.allowsUnauthenticatedRekey = allowsUnauthenticatedRekey
        self.allowsUnauthenticatedGenerateRoot = allowsUnauthenticatedGenerateRoot
    }
}
