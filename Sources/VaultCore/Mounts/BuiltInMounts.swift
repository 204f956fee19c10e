import EngineKit

/// The mounts that every vault has from its beginning.
enum BuiltInMounts {
    /// A mount: its path, its type, and what it is for.
    private typealias Mount = (path: String, type: String, text: String)

    private static let all: [Mount] = [
        ("config/", "config", "configuration"),
        ("cubbyhole/", "cubbyhole", "per-token private secret storage"),
        ("flags/", "flags", "feature flags"),
        ("identity/", "identity", "identity store"),
        spanning,
        ("sys/", "system", "system endpoints used for control, policy and debugging"),
        ("auth/token/", "token", "token based credentials"),
    ]

    private static let spanning: Mount = ("pulse/", "pulse", "what spans secrets, configuration and flags")

    /// Makes all of them.
    static func make(_ transaction: Transaction) {
        // The system's own realm comes with the barrier.
        transaction.change(.create(.cubbyhole))
        for mount in all { make(mount, transaction) }
    }

    /// Makes what a vault of an earlier version lacks and nobody can make by hand.
    static func makeMissing(_ transaction: Transaction) throws(EngineError) {
        guard try transaction.get(SystemRecords.mount(spanning.path.utf8)) == nil else { return }
        make(spanning, transaction)
    }

    private static func make(_ mount: Mount, _ transaction: Transaction) {
        var entry = SystemEngine.newEntry(path: Array(mount.path.utf8), type: mount.type, SystemRandom())
        switch mount.type {
        case "cubbyhole": entry.realm = .cubbyhole
        case "flags", "config", "pulse": transaction.change(.create(entry.realm))
        default: entry.realm = .system
        }
        entry.description = mount.text
        entry.isLocal = mount.type == "cubbyhole"
        transaction.put(SystemRecords.mount(entry.path), entry.encoded())
    }
}
