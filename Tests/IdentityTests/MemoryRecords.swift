import EngineKit
import Synchronization

/// A store in memory that knows nothing without loading, so that every handler runs more than once.
final class MemoryRecords: KeyValueStore {
    private struct State {
        var records: [StoreKey: Stored] = [:]
        var known: Set<StoreKey> = []
        var revision = Revision(0)
        var trips = 0
        var largestCommit = 0
    }

    private let state = Mutex(State())

    /// How many records there are of a kind.
    func count(_ kind: RecordKind) -> Int { state.withLock { $0.records.keys.count { $0.kind == kind } } }

    /// How often records were loaded since the start.
    var trips: Int { state.withLock { $0.trips } }

    /// The largest number of writes that came in one commit since this was asked last.
    func takeLargestCommit() -> Int {
        state.withLock { state in
            defer { state.largestCommit = 0 }
            return state.largestCommit
        }
    }

    /// Puts bytes into a record behind everybody's back.
    func plant(_ key: StoreKey, _ value: [UInt8]) {
        state.withLock { state in
            state.revision = Revision(state.revision.number + 1)
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
        return state.withLock { state in
            state.known.formUnion(keys)
            state.trips += 1
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
            state.largestCommit = max(state.largestCommit, batch.writes.count)
            for (key, write) in batch.writes {
                state.known.remove(key)
                switch write {
                case .put(let value): state.records[key] = Stored(value: value, revision: state.revision)
                case .delete: state.records[key] = nil
                }
            }
            return state.revision
        }
    }
}
