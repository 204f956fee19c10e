package import Notation

/// Something that an engine gave for a while: it ends at its time, or when it or the token it was given to is revoked
/// (Vault's leases).
package struct Lease: Sendable {
    /// The name by which `sys/leases/…` knows it.
    package let id: String
    /// The key by which `VaultAccess` knows it; not for answers.
    package let key: String
    /// When it ends by itself.
    package let end: Timestamp
    /// For how many seconds it was given.
    package let seconds: Int

    /// Describes a lease.
    package init(id: String, key: String, end: Timestamp, seconds: Int) {
        self.id = id
        self.key = key
        self.end = end
        self.seconds = seconds
    }
}
