import EngineKit
import Synchronization

/// A store in memory whose knowledge and failures a test decides.
final class ScriptedStore: KeyValueStore {
    struct State {
        var records: [StoreKey: Stored] = [:]
        var known: Set<StoreKey> = []
        var revision: UInt64 = 0
        var loads: [[StoreKey]] = []
        var batches: [WriteBatch] = []
        var lists = 0
        var names: [[UInt8]] = []
        /// What happens to the next commits instead of applying them.
        var failures: [StoreError] = []
        /// What another writer puts before the next commits.
        var intrusions: [(key: StoreKey, value: [UInt8])] = []
        /// Whether loading fails.
        var loadFailure: StoreError?
    }

    private let state = Mutex(State())

    func with<Answer: Sendable>(_ body: @Sendable (inout sending State) -> sending Answer) -> Answer {
        state.withLock { body(&$0) }
    }

    func set(_ key: StoreKey, _ value: [UInt8]) {
        state.withLock { state in
            state.revision += 1
            state.records[key] = Stored(value: value, revision: Revision(state.revision))
        }
    }

    func value(_ key: StoreKey) -> [UInt8]? { state.withLock { $0.records[key]?.value } }

    var changeCount: UInt64 { state.withLock { $0.revision } }

    func peek(_ key: StoreKey) -> Peeked {
        state.withLock { state in
            guard state.known.contains(key) else { return .unknown }
            return state.records[key].map { .present($0) } ?? .absent
        }
    }

    func load(_ keys: [StoreKey]) async throws(StoreError) -> [Stored?] {
        try state.withLock { state throws(StoreError) in
            if let failure = state.loadFailure { throw failure }
            state.loads.append(keys)
            return keys.map { state.records[$0] }
        }
    }

    func list(_ listing: Listing) async throws(StoreError) -> NamePage {
        state.withLock { state in
            state.lists += 1
            return NamePage(names: state.names, isTruncated: false)
        }
    }

    func commit(_ batch: WriteBatch) async throws(StoreError) -> Revision {
        try state.withLock { state throws(StoreError) in
            state.batches.append(batch)
            if !state.failures.isEmpty { throw state.failures.removeFirst() }
            if !state.intrusions.isEmpty {
                let (key, value) = state.intrusions.removeFirst()
                state.revision += 1
                state.records[key] = Stored(value: value, revision: Revision(state.revision))
            }
            for (key, expectation) in batch.expectations {
                switch (expectation, state.records[key]?.revision) {
                case (.absent, nil): continue
                case (.at(let expected), let found?) where expected == found: continue
                default: throw .conflict
                }
            }
            state.revision += 1
            for (key, write) in batch.writes {
                switch write {
                case .put(let value):
                    state.records[key] = Stored(value: value, revision: Revision(state.revision))
                case .delete: state.records[key] = nil
                }
            }
            return Revision(state.revision)
        }
    }
}
