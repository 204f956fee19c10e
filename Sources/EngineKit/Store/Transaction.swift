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
    private var draft = Draft()
    private var pictures: [PictureKey: Any] = [:]
    private var waiting: [Check]?
    private(set) var missingKeys: [StoreKey] = []
    private(set) var missingListings: [Listing] = []

    init(store: any KeyValueStore) {
        self.store = store
    }

    /// The current value of a record, or what this transaction put there; `nil` when there is none.
    package func get(_ key: StoreKey) throws(EngineError) -> [UInt8]? {
        if draft.writes.isEmpty { return try stored(key)?.value }
        switch draft.writes[key] {
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
        draft.writes[key] == nil ? store.peekRevision(key) : nil
    }

    /// How often what the store knows of records may have become newer.
    package var changeCount: UInt64 { store.changeCount }

    /// Has several records at hand with one round trip, before they are read one by one.
    package func need(_ keys: some Sequence<StoreKey>) throws(EngineError) {
        let before = missingKeys.count
        for key in keys where reads[key] == nil && draft.writes[key] == nil {
            switch store.peek(key) {
            case .present(let stored): reads.note(key, stored)
            case .absent: reads.note(key, nil)
            case .unknown: missingKeys.append(key)
            }
        }
        guard missingKeys.count == before else { throw .notLoaded }
    }

    /// The names a listing asks for, as of the newest commit. Only a recursive one without a limit tells of this
    /// transaction's own writes too: handlers that follow each other within one transaction need it.
    package func list(_ listing: Listing) throws(EngineError) -> NamePage {
        guard let page = pages[listing] else {
            missingListings.append(listing)
            throw .notLoaded
        }
        guard listing.isRecursive, listing.after == nil, !page.isTruncated, !draft.writes.isEmpty else { return page }
        return NamePage(names: listing.folder.names(page.names, after: draft), isTruncated: false)
    }

    /// Has several pages at hand with one more attempt, before they are listed one by one.
    package func need(_ listings: some Sequence<Listing>) throws(EngineError) {
        let missing = listings.filter { pages[$0] == nil }
        missingListings += missing
        guard missing.isEmpty else { throw .notLoaded }
    }

    /// Stores a value when the transaction commits.
    package func put(_ key: StoreKey, _ value: [UInt8]) {
        draft.write(key, .put(value))
    }

    /// Stores a value under a key that nothing can be stored under yet, such as a random one, without reading it first.
    ///
    /// A handler that read under a key it has just drawn would miss it in each attempt, for ever. Should the record
    /// exist after all, the commit conflicts and the next attempt draws another key.
    package func insert(_ key: StoreKey, _ value: [UInt8]) {
        draft.write(key, .put(value), inserting: true)
    }

    /// Removes a record, if there is one, when the transaction commits.
    package func delete(_ key: StoreKey) {
        draft.write(key, .delete)
    }

    /// Creates or destroys a realm when the transaction commits.
    package func change(_ change: WriteBatch.RealmChange) {
        draft.realmChanges.append(change)
    }

    /// Has something done in memory once the transaction has ended well, such as counting what was answered.
    ///
    /// Attempts that are made again leave nothing behind, and neither does one that fails.
    package func afterwards(_ effect: @escaping () -> Void) { draft.effects.append(effect) }

    /// Does what was left for the end.
    func performEffects() {
        for effect in draft.effects { effect() }
        draft.effects.removeAll()
    }

    /// Whether the transaction would change anything.
    package var hasWrites: Bool { !draft.isEmpty }

    /// Whether the transaction would change a record: what is found under it is then nobody else's business yet, and
    /// not to be kept in memory.
    package func writes(_ key: StoreKey) -> Bool { draft.writes[key] != nil }

    private struct PictureKey: Hashable {
        let realm: Realm
        let part: [UInt8]
    }

    /// Keeps a picture of records with this transaction's own changes in it, for handlers that follow in it.
    ///
    /// It is forgotten as soon as anything is taken back, and with the attempt.
    ///
    /// - Parameters:
    ///   - realm: whose records it is of.
    ///   - part: of which part of them; empty for all.
    package func keep(_ picture: some Sendable, of realm: Realm, part: [UInt8] = []) {
        pictures[PictureKey(realm: realm, part: part)] = picture
    }

    /// Hands out the picture that was kept, which is not kept any more: so it can be changed without being copied.
    package func takePicture<Picture>(of realm: Realm, part: [UInt8] = []) -> Picture? {
        pictures.removeValue(forKey: PictureKey(realm: realm, part: part)) as? Picture
    }

    private func goBack(to point: Draft.Point) {
        draft.goBack(to: point)
        pictures.removeAll()
    }

    /// Finds out whether what was written may stand, by reading.
    package typealias Check = () throws(EngineError) -> Void

    /// Makes a check of a change: at once, or when all changes that belong together are there.
    package func check(_ check: @escaping Check) throws(EngineError) {
        if waiting == nil { return try check() }
        waiting?.append(check)
    }

    /// Does something whose checks wait.
    ///
    /// - Returns: what came of it, and the checks that whoever puts changes together owes.
    package func leavingChecks<Answer>(
        _ body: () throws(EngineError) -> Answer
    ) throws(EngineError) -> (answer: Answer, checks: [Check]) {
        let before = waiting
        defer { waiting = before }
        waiting = []
        let answer = try body()
        return (answer, waiting ?? [])
    }

    /// Does something and takes back what it wrote, whatever comes of it. What it read stays read, so that the commit
    /// of something that was decided by it expects the same.
    package func trial<Answer>(_ body: () throws(EngineError) -> Answer) throws(EngineError) -> Answer {
        let point = draft.point
        defer { goBack(to: point) }
        return try body()
    }

    /// Does something as a whole: when it comes to nothing or fails, what it had written by then is taken back.
    package func attempt<Answer>(_ body: () throws(EngineError) -> Answer?) throws(EngineError) -> Answer? {
        let point = draft.point
        var isDone = false
        defer { if !isDone { goBack(to: point) } }
        let answer = try body()
        isDone = answer != nil
        return answer
    }

    /// Does something as a whole: when it fails, what it had written by then is taken back.
    package func whole<Answer>(_ body: () throws(EngineError) -> Answer) throws(EngineError) -> Answer {
        let point = draft.point
        do throws(EngineError) {
            return try body()
        } catch {
            goBack(to: point)
            throw error
        }
    }

    /// The changes with everything that was read as expectations.
    func batch() -> WriteBatch {
        var batch = WriteBatch()
        batch.expectations = reads.expectations
        for key in draft.inserted where reads[key] == nil { batch.expectations.append((key, .absent)) }
        batch.writes = draft.ordered
        batch.realmChanges = draft.realmChanges
        return batch
    }

    /// Takes in a record that was missing.
    func supply(_ key: StoreKey, _ stored: Stored?) { reads.note(key, stored) }

    /// Takes in a page that was missing.
    func supply(_ listing: Listing, _ page: NamePage) { pages[listing] = page }

    /// Forgets the writes and the list of what is missing, for another attempt over the same reads.
    func rewind() {
        draft.removeAll()
        pictures.removeAll()
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
