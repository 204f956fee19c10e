package import EngineKit

/// All mounts of a moment, and which of them serves a path.
package struct MountTable: Sendable {
    /// A mount with the routes of its engine.
    package final class Mounted: Sendable {
        /// The mount.
        package let entry: MountEntry
        /// The mount as its engine sees it.
        package let context: MountContext
        /// The routes.
        package let routes: RouteTable

        /// Puts together what belongs to a mount.
        package init(entry: MountEntry, context: MountContext, routes: RouteTable) {
            self.entry = entry
            self.context = context
            self.routes = routes
        }
    }

    /// The mounts, the longest paths first.
    private let mounts: [Mounted]

    /// Makes a table.
    package init(_ mounts: [Mounted]) {
        self.mounts = mounts.sorted { $0.entry.path.count > $1.entry.path.count }
    }

    /// All mounts.
    package var all: [Mounted] { mounts }

    /// The mount that serves a path: the one with the longest path in front of it. A path that is a mount's own
    /// without the trailing slash belongs to that mount.
    package func route(_ path: [UInt8]) -> Mounted? {
        mounts.first { mounted in
            path.starts(with: mounted.entry.path)
                || (path.count + 1 == mounted.entry.path.count && mounted.entry.path.starts(with: path))
        }
    }

    /// The mount at exactly a path with its trailing slash.
    package func mount(at path: [UInt8]) -> Mounted? { mounts.first { $0.entry.path == path } }

    /// The mount that a new one at a path would clash with: the same path, one above, or one below.
    package func conflict(with path: [UInt8]) -> MountEntry? {
        mounts.first { $0.entry.path.starts(with: path) || path.starts(with: $0.entry.path) }?.entry
    }

    /// Secrets engines in the order of their paths.
    package var secretMounts: [MountEntry] { sorted { !$0.isAuth } }

    /// Auth methods in the order of their paths.
    package var authMounts: [MountEntry] { sorted { $0.isAuth } }

    private func sorted(_ isIncluded: (MountEntry) -> Bool) -> [MountEntry] {
        mounts.map(\.entry).filter(isIncluded).sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }
}
