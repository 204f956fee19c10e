/// One attempt at serving a request: what it has read, and what it wants to write.
///
/// Handlers are plain synchronous functions over a transaction. They read through it and put their changes into it;
/// nothing leaves it until the `Transactor` commits it, with each record that was read as an expectation. When a
/// record is not at hand, `get` throws `EngineError.notLoaded`; the transactor loads what is missing and calls the
/// handler again. So a handler runs several times: it must let that error pass and do nothing but read and write here.
package final class Transaction {
    private let store: any KeyValueStore
    private var reads = ReadSet()
    private var pages: [Listing: NamePage] = [:]
    private var writes: [StoreKey: WriteBatch.Write] = [:]
    private var writeOrder: [StoreKey] = []
    private var inserted: Set<StoreKey> = []
    private var realmChanges: [WriteBatch.RealmChange] = []
    private var effects: [() -> Void] = []
    private(set) var missingKeys: [StoreKey] = []
    private(set) var missingListings: [Listing] = []

    init(store: any KeyValueStore) {
        self.store = store
    }

    /// The current value of a record, or what this transaction put there; `nil` when there is none.
    package func get(_ key: StoreKey) throws(EngineError) -> [UInt8]? {
        if writes.isEmpty { return try stored(key)?.value }
        switch writes[key] {
        case .put(let value)?: return value
        case .delete?: return nil
        case nil: return try stored(key)?.value
        }
    }

    /// The committed value of a record with its revision, whatever this transaction wrote.
    package func stored(_ key: StoreKey) throws(EngineError) -> Stored? {
        if let known = reads[key] { return known }
        switch store.peek(key) {
        case .present(let stored):
            reads.note(key, stored)
            return stored
        case .absent:
            reads.note(key, nil)
            return nil
        case .unknown:
            missingKeys.append(key)
            throw .notLoaded
        }
    }

    /// The newest commit of a record that is at hand and that this transaction does not write; `nil` otherwise.
    ///
    /// It is not noted as read, so it is no expectation of the commit: for pictures of records that are kept in memory.
    package func revisionAtHand(_ key: StoreKey) -> Revision? {
        writes[key] == nil ? store.peekRevision(key) : nil
    }

    /// How many changes the store has taken in.
    package var changeCount: UInt64 { store.changeCount }

    /// Has several records at hand with one round trip, before they are read one by one.
    package func need(_ keys: some Sequence<StoreKey>) throws(EngineError) {
        for key in keys where reads[key] == nil && writes[key] == nil {
            switch store.peek(key) {
            case .present(let stored): reads.note(key, stored)
            case .absent: reads.note(key, nil)
            case .unknown: missingKeys.append(key)
            }
        }
        guard missingKeys.isEmpty else { throw .notLoaded }
    }

    /// The names a listing asks for, as of the newest commit; this transaction's own writes are not in it.
    package func list(_ listing: Listing) throws(EngineError) -> NamePage {
        if let page = pages[listing] { return page }
        missingListings.append(listing)
        throw .notLoaded
    }

    /// Has several pages at hand with one more attempt, before they are listed one by one.
    package func need(_ listings: some Sequence<Listing>) throws(EngineError) {
        missingListings += listings.filter { pages[$0] == nil }
        guard missingListings.isEmpty else { throw .notLoaded }
    }

    /// Stores a value when the transaction commits.
    package func put(_ key: StoreKey, _ value: [UInt8]) {
        write(key, .put(value))
    }

    /// Stores a value under a key that nothing can be stored under yet, such as a random one, without reading it first.
    ///
    /// A handler that read under a key it has just drawn would miss it in each attempt, for ever. Should the record
    /// exist after all, the commit conflicts and the next attempt draws another key.
    package func insert(_ key: StoreKey, _ value: [UInt8]) {
        write(key, .put(value))
        inserted.insert(key)
    }

    /// Removes a record, if there is one, when the transaction commits.
    package func delete(_ key: StoreKey) {
        write(key, .delete)
    }

    /// Creates or destroys a realm when the transaction commits.
    package func change(_ change: WriteBatch.RealmChange) {
        realmChanges.append(change)
    }

    /// Has something done in memory once the transaction has ended well, such as counting what was answered.
    ///
    /// Attempts that are made again leave nothing behind, and neither does one that fails.
    package func afterwards(_ effect: @escaping () -> Void) { effects.append(effect) }

    /// Does what was left for the end.
    func performEffects() {
        for effect in effects { effect() }
        effects.removeAll()
    }

    /// Whether the transaction would change anything.
    package var hasWrites: Bool { !writes.isEmpty || !realmChanges.isEmpty }

    private func write(_ key: StoreKey, _ write: WriteBatch.Write) {
        if writes.updateValue(write, forKey: key) == nil { writeOrder.append(key) }
    }

    /// The changes with everything that was read as expectations.
    func batch() -> WriteBatch {
        var batch = WriteBatch()
        batch.expectations = reads.expectations
        for key in inserted where reads[key] == nil { batch.expectations.append((key, .absent)) }
        batch.writes = writeOrder.compactMap { key in writes[key].map { (key, $0) } }
        batch.realmChanges = realmChanges
        return batch
    }

    /// Takes in a record that was missing.
    func supply(_ key: StoreKey, _ stored: Stored?) { reads.note(key, stored) }

    /// Takes in a page that was missing.
    func supply(_ listing: Listing, _ page: NamePage) { pages[listing] = page }

    /// Forgets the writes and the list of what is missing, for another attempt over the same reads.
    func rewind() {
        writes.removeAll(keepingCapacity: true)
        writeOrder.removeAll(keepingCapacity: true)
        inserted.removeAll(keepingCapacity: true)
        realmChanges.removeAll(keepingCapacity: true)
        effects.removeAll(keepingCapacity: true)
        missingKeys.removeAll(keepingCapacity: true)
        missingListings.removeAll(keepingCapacity: true)
    }

    /// Forgets everything, for another attempt after a conflict.
    func restart() {
        rewind()
        reads.removeAll()
        pages.removeAll(keepingCapacity: true)
    }
}
