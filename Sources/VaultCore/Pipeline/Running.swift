package import Audit
import ConfigEngine
package import EngineKit
import FlagEngine
package import Identity

/// The vault while it is unsealed: one immutable snapshot that a request takes at its start and keeps to its end.
///
/// A class, because each request takes it several times.
package final class Running: Sendable {
    /// Reads and commits.
    package let transactor: Transactor
    /// The mounts with their engines.
    package let mounts: MountTable
    /// The policies.
    package let policies: PolicyTable
    /// Tokens.
    package let tokens: TokenStore
    /// Audit devices.
    package let audit: AuditBroker
    /// Where identifiers come from.
    package let random: any RandomSource
    /// The request headers that audit entries show.
    package let auditedHeaders: [AuditedHeader]
    /// The limits of the whole server.
    package let limits: SystemLimits
    /// Which web pages of other origins may speak to the server; `nil` when none may.
    package let crossOrigin: CrossOriginRules?
    /// The engine of feature flags, with the flags it has compiled so far.
    let flags: FeatureFlagEngine
    /// The engine of configuration, with the pictures it has made so far.
    let configuration: ConfigurationEngine

    /// Puts a snapshot together.
    init(
        transactor: Transactor, mounts: MountTable, policies: PolicyTable, tokens: TokenStore, audit: AuditBroker,
        random: any RandomSource, auditedHeaders: [AuditedHeader], limits: SystemLimits,
        crossOrigin: CrossOriginRules?, flags: FeatureFlagEngine, configuration: ConfigurationEngine
    ) {
        self.transactor = transactor
        self.mounts = mounts
        self.policies = policies
        self.tokens = tokens
        self.audit = audit
        self.random = random
        self.auditedHeaders = auditedHeaders
        self.limits = limits
        self.crossOrigin = crossOrigin
        self.flags = flags
        self.configuration = configuration
    }
}

/// Limits that mounts inherit.
package struct SystemLimits: Sendable {
    /// The default time to live in seconds.
    package var defaultLeaseTTL: Int
    /// The longest time to live in seconds.
    package var maxLeaseTTL: Int

    /// Makes the limits; 768 hours each unless said otherwise.
    package init(defaultLeaseTTL: Int = 2_764_800, maxLeaseTTL: Int = 2_764_800) {
        self.defaultLeaseTTL = defaultLeaseTTL
        self.maxLeaseTTL = maxLeaseTTL
    }
}
