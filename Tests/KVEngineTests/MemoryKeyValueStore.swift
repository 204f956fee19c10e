import EngineKit
import Notation
import Synchronization

/// A store in memory that knows nothing without loading, so that every handler is run more than once.
///
/// It also checks what the barrier relies on: a record that borrows a key has its carrier beside it.
final class MemoryKeyValueStore: KeyValueStore {
    private struct State {
        var records: [StoreKey: Stored] = [:]
        var known: Set<StoreKey> = []
        var revision = Revision(0)
        var commits = 0
        var interruption: (kind: RecordKind, action: @Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    /// How many batches were applied.
    var commitCount: Int { state.withLock { $0.commits } }

    /// How many records there are of a kind.
    func count(_ kind: RecordKind) -> Int { state.withLock { $0.records.keys.count { $0.kind == kind } } }

    /// Has something happen once, right before records of a kind are loaded the next time.
    func interrupt(beforeLoadOf kind: RecordKind, _ action: @escaping @Sendable () async -> Void) {
        state.withLock { $0.interruption = (kind, action) }
    }

    /// Puts bytes into a record behind everybody's back.
    func plant(_ key: StoreKey, _ value: [UInt8]) {
        state.withLock { state in
            state.records[key] = Stored(value: value, revision: state.revision)
            state.known.remove(key)
        }
    }

    var changeCount: UInt64 { state.withLock { $0.revision.number } }

    func peek(_ key: StoreKey) -> Peeked {
        state.withLock { state in
            guard state.known.contains(key) else { return .unknown }
            return state.records[key].map { .present($0) } ?? .absent
        }
    }

    func load(_ keys: [StoreKey]) async throws(StoreError) -> [Stored?] {
        await Task.yield()
        let action = state.withLock { state -> (@Sendable () async -> Void)? in
            guard let interruption = state.interruption, keys.contains(where: { $0.kind == interruption.kind }) else {
                return nil
            }
            state.interruption = nil
            return interruption.action
        }
        await action?()
        return state.withLock { state in
            state.known.formUnion(keys)
            return keys.map { state.records[$0] }
        }
    }

    func list(_ listing: Listing) async throws(StoreError) -> NamePage {
        await Task.yield()
        let folder = listing.folder
        let prefix = folder.path.isEmpty ? [] : folder.path + Array("/".utf8)
        let paths = state.withLock { state in
            state.records.keys.filter { $0.realm == folder.realm && $0.kind == folder.kind }.map(\.path)
        }
        var names: Set<[UInt8]> = []
        for path in paths where path.starts(with: prefix) {
            let rest = Array(path.dropFirst(prefix.count))
            let slash = listing.isRecursive ? nil : rest.firstIndex(of: UInt8(ascii: "/"))
            names.insert(slash.map { Array(rest[...$0]) } ?? rest)
        }
        let sorted = names.sorted { $0.lexicographicallyPrecedes($1) }
            .filter { name in listing.after.map { $0.lexicographicallyPrecedes(name) } ?? true }
        return NamePage(names: Array(sorted.prefix(listing.limit)), isTruncated: sorted.count > listing.limit)
    }

    func commit(_ batch: WriteBatch) async throws(StoreError) -> Revision {
        await Task.yield()
        return try state.withLock { state throws(StoreError) in
            for (key, expectation) in batch.expectations {
                switch (expectation, state.records[key]?.revision) {
                case (.absent, nil): continue
                case (.at(let expected), let found?) where expected == found: continue
                default: throw .conflict
                }
            }
            state.revision = Revision(state.revision.number + 1)
            state.commits += 1
            for (key, write) in batch.writes {
                state.known.remove(key)
                switch write {
                case .put(let value): state.records[key] = Stored(value: value, revision: state.revision)
                case .delete: state.records[key] = nil
                }
            }
            try Self.checkCarriers(of: batch.writes.map(\.key), state.records)
            return state.revision
        }
    }

    private static func checkCarriers(
        of keys: [StoreKey], _ records: [StoreKey: Stored]
    ) throws(StoreError) {
        for key in keys where key.kind == KeyValueKinds.versions && records[key] != nil {
            guard records[StoreKey(key.realm, KeyValueKinds.metadata, key.path)] != nil else {
                throw .unavailable("a version has no metadata beside it")
            }
        }
    }
}
