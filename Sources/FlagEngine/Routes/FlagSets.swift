import EngineKit
import Notation
import Synchronization

/// The compiled flags of each environment, kept in memory and renewed from the log of changes.
///
/// What is kept is only ever what the store says: a set is used while the mount's revision is the one it was made at,
/// and each request reads that revision in its own transaction.
final class FlagSets: Sendable {
    /// How many changes are applied one by one before everything is read anew.
    private static let changesFollowed: UInt64 = 256

    /// How many of the last changes must be found in flags that were read anew.
    private static let changesChecked: UInt64 = 32

    private struct Place: Hashable {
        let realm: Realm
        let environment: [UInt8]
    }

    private struct Known: Sendable {
        /// The set; its revision is that of the last change that concerns the environment.
        let set: FlagSet
        /// The mount's revision that the set is known to be right for.
        let seen: UInt64
    }

    private let known = Mutex<[Place: Known]>([:])

    /// The flags of an environment as the transaction sees them.
    func current(_ scope: FlagScope, _ environment: [UInt8]) throws(EngineError) -> FlagSet {
        let place = Place(realm: scope.request.mount.realm, environment: environment)
        let revision = try scope.log.revision()
        let before = known.withLock { $0[place] }
        if let committed = try scope.log.revisionBeforeOwn() {
            // What this transaction has changed itself may not come to be: nobody else is to see it.
            let own: Known? = scope.transaction.takePicture(of: place.realm, part: environment)
            if let own, own.seen == revision {
                scope.transaction.keep(own, of: place.realm, part: environment)
                return own.set
            }
            let base = own ?? before.flatMap { $0.seen <= committed ? $0 : nil }
            let set = try made(of: base, scope, environment, revision)
            scope.transaction.keep(Known(set: set, seen: revision), of: place.realm, part: environment)
            return set
        }
        if let before, before.seen == revision { return before.set }
        let set = try made(of: before, scope, environment, revision)
        known.withLock { known in
            if let other = known[place], other.seen >= revision { return }
            known[place] = Known(set: set, seen: revision)
        }
        return set
    }

    /// The flags as of a revision, made of those of an earlier one where the log reaches back to it.
    private func made(
        of before: Known?, _ scope: FlagScope, _ environment: [UInt8], _ revision: UInt64
    ) throws(EngineError) -> FlagSet {
        guard let before, before.seen < revision, revision - before.seen <= Self.changesFollowed,
            let changes = try scope.log.changes(after: before.seen, through: revision)
        else {
            let set = try FlagLoading(scope, environment).all(at: revision)
            let first = revision - min(revision, Self.changesChecked)
            let last = try scope.log.changes(after: first, through: revision) ?? []
            try FlagLoading(scope, environment).check(last, after: first)
            return set
        }
        let set = try Self.renewed(before.set, changes.filter { $0.concerns(environment) }, scope, revision)
        try FlagLoading(scope, environment).check(changes, after: before.seen)
        return set
    }

    private static func renewed(
        _ set: FlagSet, _ changes: [ChangeLog.Change], _ scope: FlagScope, _ revision: UInt64
    ) throws(EngineError) -> FlagSet {
        let flags = Set(changes.flatMap(\.flags))
        let segments = Set(changes.flatMap(\.segments))
        guard !flags.isEmpty || !segments.isEmpty else { return set }
        let loading = FlagLoading(scope, Array(set.environment.utf8))
        try loading.need(flags, segments)
        var change = FlagSetChange()
        for key in flags {
            if let source = try loading.flag(key) {
                change.flags.append(source)
            } else {
                change.removedFlags.append(String(decoding: key, as: UTF8.self))
            }
        }
        for name in segments {
            if let source = try loading.segment(name) {
                change.segments.append(source)
            } else {
                change.removedSegments.append(String(decoding: name, as: UTF8.self))
            }
        }
        return set.applying(change, revision: revision)
    }
}
