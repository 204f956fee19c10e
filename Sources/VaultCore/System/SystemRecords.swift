package import EngineKit

/// Where the vault keeps its own records, all in the system realm. Numbers below 16 belong here, those from 16 on to
/// tokens.
package enum SystemRecords {
    /// Mounts by path; auth methods lie below `auth/`.
    package static let mount = RecordKind(id: 1, isListed: true)
    /// Policies by name.
    package static let policy = RecordKind(id: 2, isListed: true)
    /// Audit devices by path.
    package static let auditDevice = RecordKind(id: 3, isListed: true)
    /// Single settings by name.
    package static let setting = RecordKind(id: 4, isListed: true)
    /// Server versions that have run on this store, by version.
    package static let version = RecordKind(id: 5, isListed: true)
    /// What is known of policies beside their text, by name; it is written and deleted with the policy.
    package static let policyState = RecordKind(id: 6)

    /// The kinds that the running snapshot is made from.
    package static let projected: Set<RecordKind> = [mount, policy, auditDevice, setting]

    /// The address of a mount's record; the path without its trailing slash.
    package static func mount(_ path: some Sequence<UInt8>) -> StoreKey {
        var path = Array(path)
        if path.last == UInt8(ascii: "/") { path.removeLast() }
        return StoreKey(.system, mount, path)
    }

    /// The address of a policy's record.
    package static func policy(_ name: some Sequence<UInt8>) -> StoreKey { StoreKey(.system, policy, Array(name)) }

    /// The address of what is known of a policy.
    package static func policyState(_ name: some Sequence<UInt8>) -> StoreKey {
        StoreKey(.system, policyState, Array(name))
    }

    /// The address of a setting.
    package static func setting(_ name: String) -> StoreKey { StoreKey(.system, setting, Array(name.utf8)) }
}
