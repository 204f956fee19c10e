import EngineKit
import Notation

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
        var records: [FlagRecord] = []
        for key in keys { if let record = try record(key) { records.append(record) } }
        let flags = try FlagRecord.sources(of: records)
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

    /// Makes sure that what was read holds the changes that the revision promises.
    ///
    /// A handler may have read a document before a commit, and the revision after it; flags compiled of both would be
    /// wrong for everybody after.
    ///
    /// - Parameter first: the revision before the first of the changes.
    /// - Throws: `EngineError.inconsistentRead` when a change is missing.
    func check(_ changes: [ChangeLog.Change], after first: UInt64) throws(EngineError) {
        for (offset, change) in changes.enumerated() where change.concerns(environment) {
            let promised = first + UInt64(offset) + 1
            for flag in change.flags {
                // Either what it is or how it behaves has changed; one that was purged has nothing left to compare.
                guard let definition = try scope.documents.current(.definition, flag) else { continue }
                let state = try scope.documents.current(.state, FlagScope.path(environment, flag))
                guard max(definition.revision, state?.revision ?? 0) >= promised else { throw .inconsistentRead }
            }
            for name in change.segments {
                let segment = try scope.documents.current(.segment, FlagScope.path(environment, name))
                guard segment?.revision ?? 0 >= promised else { throw .inconsistentRead }
            }
        }
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
    func flag(_ key: [UInt8]) throws(EngineError) -> FlagSource? { try record(key)?.source() }

    private func record(_ key: [UInt8]) throws(EngineError) -> FlagRecord? {
        guard let definition = try record(.definition, key) else { return nil }
        return FlagRecord(
            key: text(key), definition: definition, state: try record(.state, FlagScope.path(environment, key)))
    }

    /// A segment; `nil` when there is none.
    func segment(_ name: [UInt8]) throws(EngineError) -> SegmentSource? {
        guard let found = try record(.segment, FlagScope.path(environment, name))?.document(), !found.isDeleted else {
            return nil
        }
        return SegmentSource(
            name: text(name), segment: try found.segment(), version: found.version, revision: found.revision)
    }

    private func record(_ kind: DocumentKind, _ path: [UInt8]) throws(EngineError) -> FlagRecord.Document? {
        if let moment {
            return try scope.documents.document(kind, path, asOf: moment).map { .decoded($0) }
        }
        return try scope.documents.stored(kind, path).map { .stored($0) }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
