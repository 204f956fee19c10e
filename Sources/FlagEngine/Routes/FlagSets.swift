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

    private struct Place: Hashable {
        let realm: Realm
        let environment: [UInt8]
    }

    private struct Known {
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
        if let before, before.seen == revision { return before.set }
        let set: FlagSet
        if let before, before.seen < revision, revision - before.seen <= Self.changesFollowed,
            let changes = try scope.log.changes(after: before.seen, through: revision)
        {
            set = try Self.renewed(before.set, changes.filter { $0.concerns(environment) }, scope, revision)
        } else {
            set = try FlagLoading(scope, environment).all(at: revision)
        }
        known.withLock { known in
            if let other = known[place], other.seen >= revision { return }
            known[place] = Known(set: set, seen: revision)
        }
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
            if let source = try loading.flag(key) { change.flags.append(source) } else {
                change.removedFlags.append(String(decoding: key, as: UTF8.self))
            }
        }
        for name in segments {
            if let source = try loading.segment(name) { change.segments.append(source) } else {
                change.removedSegments.append(String(decoding: name, as: UTF8.self))
            }
        }
        return set.applying(change, revision: revision)
    }
}

/// Reads flags and segments of an environment into what they are compiled from.
struct FlagLoading {
    private let scope: FlagScope
    private let environment: [UInt8]
    private let moment: Moment?

    /// Prepares to read.
    ///
    /// - Parameter moment: as of when; `nil` for now.
    init(_ scope: FlagScope, _ environment: [UInt8], asOf moment: Moment? = nil) {
        self.scope = scope
        self.environment = environment
        self.moment = moment
    }

    /// All of the environment's flags and segments.
    func all(at revision: UInt64) throws(EngineError) -> FlagSet {
        let keys = try scope.documents.names(FlagRecords.definitions)
        let names = try scope.documents.names(FlagRecords.segments, below: environment)
        try need(keys, names)
        var flags: [FlagSource] = []
        for key in keys { if let source = try flag(key) { flags.append(source) } }
        var segments: [SegmentSource] = []
        for name in names { if let source = try segment(name) { segments.append(source) } }
        return FlagSet(environment: text(environment), revision: revision, flags: flags, segments: segments)
    }

    /// One flag with everything its evaluation looks at: its prerequisites, theirs, and all their segments.
    func around(_ key: [UInt8], at revision: UInt64) throws(EngineError) -> FlagSet {
        var flags: [[UInt8]: FlagSource] = [:]
        var segments: [[UInt8]: SegmentSource] = [:]
        var waiting = [key]
        while let next = waiting.popLast() {
            guard flags[next] == nil, let source = try flag(next) else { continue }
            flags[next] = source
            waiting += (source.state?.prerequisites ?? []).map { Array($0.flag.utf8) }
            for name in source.state?.segmentsInUse ?? [] where segments[Array(name.utf8)] == nil {
                segments[Array(name.utf8)] = try segment(Array(name.utf8))
            }
        }
        return FlagSet(
            environment: text(environment), revision: revision, flags: Array(flags.values),
            segments: Array(segments.values))
    }

    /// Has the records of flags and segments at hand with one round trip.
    func need(_ flags: some Sequence<[UInt8]>, _ segments: some Sequence<[UInt8]>) throws(EngineError) {
        let realm = scope.request.mount.realm
        var keys: [StoreKey] = []
        for flag in flags {
            keys.append(StoreKey(realm, FlagRecords.definitions, flag))
            keys.append(StoreKey(realm, FlagRecords.states, FlagScope.path(environment, flag)))
        }
        for name in segments {
            keys.append(StoreKey(realm, FlagRecords.segments, FlagScope.path(environment, name)))
        }
        try scope.transaction.need(keys)
    }

    /// A flag; `nil` when there is none.
    func flag(_ key: [UInt8]) throws(EngineError) -> FlagSource? {
        guard let definition = try document(.definition, key) else { return nil }
        let found = try document(.state, FlagScope.path(environment, key))
        let state = found?.isDeleted == false ? found : nil
        return FlagSource(
            key: text(key), definition: try definition.definition(), definitionVersion: definition.version,
            isArchived: definition.isDeleted, state: try state?.state(), stateVersion: state?.version ?? 0,
            isKilled: state?.killed != nil)
    }

    /// A segment; `nil` when there is none.
    func segment(_ name: [UInt8]) throws(EngineError) -> SegmentSource? {
        guard let found = try document(.segment, FlagScope.path(environment, name)), !found.isDeleted else {
            return nil
        }
        return SegmentSource(name: text(name), segment: try found.segment(), version: found.version)
    }

    private func document(_ kind: DocumentKind, _ path: [UInt8]) throws(EngineError) -> StoredDocument? {
        if let moment { return try scope.documents.document(kind, path, asOf: moment) }
        return try scope.documents.current(kind, path)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
