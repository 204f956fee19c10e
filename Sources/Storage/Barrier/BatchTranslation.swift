import EngineKit
import VaultCrypto

/// A batch of plaintext records on its way to becoming a batch of sealed rows.
///
/// The translation is a plain function of the batch and of the few rows it must know: the realms' keys, and the rows
/// that carry data keys the batch has use for. Whatever it took from such a row it adds as an expectation, so that
/// the batch applies only while that is still true.
struct BatchTranslation {
    private let barrier: OpenBarrier
    private let term: TermKey
    private let realms: [Realm: RealmKey]
    private let known: [RowKey: SealedRow]
    /// The realms that the batch itself makes.
    private var made: [Realm: RealmKey] = [:]
    /// The keys carried by records of the batch, sealed, by the records' rows.
    private var carried: [RowKey: [UInt8]] = [:]
    private var expected: [RowKey: WriteBatch.Expectation] = [:]
    private var writtenEntries: Set<RowKey> = []
    private var emptiedFolders: [(folder: ArraySlice<UInt8>, entry: RowKey, range: RowRange)] = []

    /// The sealed batch.
    private(set) var batch = SealedBatch()
    /// The expectations that the batch did not have before.
    private(set) var added: [(key: RowKey, expectation: WriteBatch.Expectation)] = []
    /// The rows that may change, with the records they stand for; `nil` for the barrier's own rows.
    private(set) var names: [(row: RowKey, key: StoreKey?)] = []
    /// How many values were sealed.
    private(set) var sealCount = 0

    /// Begins a translation.
    ///
    /// - Parameters:
    ///   - realms: the keys of the realms in the batch, as far as they exist.
    ///   - known: the existing rows that carry keys the batch has use for.
    init(_ barrier: OpenBarrier, realms: [Realm: RealmKey], known: [RowKey: SealedRow]) {
        self.barrier = barrier
        self.realms = realms
        self.known = known
        term = barrier.keyring.active
    }

    /// Translates a batch.
    ///
    /// - Throws: `StoreError.conflict` when it shows that an expectation does not hold; `corrupted` when a row whose
    ///   key is needed cannot be read.
    mutating func translate(_ source: WriteBatch) throws(StoreError) {
        do throws(CryptoError) {
            try makeRealms(source)
        } catch {
            throw .unavailable("no protected memory is left for keys")
        }
        try takeExpectations(source)
        // Carriers first: a record of the same batch may borrow the key that its carrier brings.
        for (key, write) in source.writes {
            if case .put = write, key.kind.keying == .carriesKey { try chooseKey(for: try place(of: key)) }
        }
        let deleted = rowsDeleted(by: source)
        for (key, write) in source.writes {
            if case .put(let value) = write { try put(key, value, deleted: deleted) }
        }
        for (key, write) in source.writes {
            if case .delete = write { delete(key) }
        }
        // Deepest first, so that a folder is looked at after the folders in it are gone.
        for upkeep in emptiedFolders.sorted(by: { $0.folder.count > $1.folder.count }) {
            batch.changes.append(.deleteIfEmpty(upkeep.entry, upkeep.range))
        }
        for case .destroy(let realm) in source.realmChanges { destroy(realm) }
    }

    private mutating func makeRealms(_ source: WriteBatch) throws(CryptoError) {
        for case .create(let realm) in source.realmChanges {
            let (key, value) = try barrier.makeRealm(realm, term: term)
            made[realm] = key
            batch.changes.append(.put(key.row, value))
            names.append((key.row, nil))
            sealCount += 2
            add(.absent, of: key.row)
        }
    }

    private mutating func destroy(_ realm: Realm) {
        let row = barrier.addressing.row(of: realm)
        batch.changes.append(.delete(row))
        batch.changes.append(.deleteAll(.realm(barrier.addressing.tag(of: realm))))
        names.append((row, nil))
    }

    private mutating func takeExpectations(_ source: WriteBatch) throws(StoreError) {
        for (key, expectation) in source.expectations {
            guard let realm = made[key.realm] ?? realms[key.realm] else {
                // Without its realm no record exists.
                guard expectation == .absent else { throw .conflict }
                continue
            }
            let row = barrier.place(of: key, in: realm).row
            expected[row] = expectation
            batch.expectations.append((row, expectation))
        }
    }

    /// Adds an expectation of the barrier's own, unless the batch has one for the row already.
    private mutating func add(_ expectation: WriteBatch.Expectation, of row: RowKey) {
        guard expected.updateValue(expectation, forKey: row) == nil else { return }
        batch.expectations.append((row, expectation))
        added.append((row, expectation))
    }

    /// The place of a record to be written.
    private mutating func place(of key: StoreKey) throws(StoreError) -> RecordPlace {
        if let realm = made[key.realm] { return barrier.place(of: key, in: realm) }
        guard let realm = realms[key.realm] else { throw .unavailable("the realm of a record has no key") }
        // Were the realm destroyed before the batch applies, its rows would stay behind unreadable.
        add(.at(realm.revision), of: realm.row)
        return barrier.place(of: key, in: realm)
    }

    /// Keeps the data key that a carrier has, or makes it a fresh one.
    private mutating func chooseKey(for place: RecordPlace) throws(StoreError) {
        switch (expected[place.row], known[place.row]) {
        case (.absent?, _):
            carried[place.row] = try freshKey(for: place)
        case (.at(let revision)?, let row):
            guard let row, row.revision == revision else { throw .conflict }
            carried[place.row] = try wrappedKey(of: row, at: place.row)
        case (nil, let row?):
            add(.at(row.revision), of: place.row)
            carried[place.row] = try wrappedKey(of: row, at: place.row)
        case (nil, nil):
            add(.absent, of: place.row)
            carried[place.row] = try freshKey(for: place)
        }
    }

    private mutating func freshKey(for place: RecordPlace) throws(StoreError) -> [UInt8] {
        do throws(CryptoError) {
            sealCount += 1
            return try barrier.makeDataKey(for: place.row, in: place.realm, term: term)
        } catch {
            throw StoreError(opening: place.row.opaqueName, error)
        }
    }

    /// The data key that a record borrows.
    private mutating func borrowedKey(from carrier: RowKey, deleted: Set<RowKey>) throws(StoreError) -> [UInt8] {
        if let key = carried[carrier] { return key }
        guard !deleted.contains(carrier) else {
            throw .unavailable("a record borrows the key of a record that the same batch removes")
        }
        guard let row = known[carrier] else { throw .conflict }
        switch expected[carrier] {
        case nil: add(.at(row.revision), of: carrier)
        case .at(row.revision)?: break
        default: throw .conflict
        }
        return try wrappedKey(of: row, at: carrier)
    }

    private func wrappedKey(of row: SealedRow, at key: RowKey) throws(StoreError) -> [UInt8] {
        do throws(CryptoError) {
            return try OpenBarrier.wrappedKey(of: row.value)
        } catch {
            throw .corrupted(key.opaqueName)
        }
    }

    private func rowsDeleted(by source: WriteBatch) -> Set<RowKey> {
        var rows: Set<RowKey> = []
        for (key, write) in source.writes {
            guard case .delete = write, key.kind.keying == .carriesKey else { continue }
            guard let realm = made[key.realm] ?? realms[key.realm] else { continue }
            rows.insert(barrier.place(of: key, in: realm).row)
        }
        return rows
    }

    private mutating func put(_ key: StoreKey, _ value: [UInt8], deleted: Set<RowKey>) throws(StoreError) {
        guard key.path.count <= RecordAddress.pathLimit else {
            throw .tooLarge("a path has at most \(RecordAddress.pathLimit) bytes")
        }
        let place = try place(of: key)
        let wrappedKey =
            if let carrier = place.carrier {
                try borrowedKey(from: carrier, deleted: deleted)
            } else {
                carried[place.row]
            }
        do throws(CryptoError) {
            let sealed = try barrier.seal(place, value, wrappedKey: wrappedKey, term: term)
            batch.changes.append(.put(place.row, sealed))
        } catch {
            if error == .inputTooLarge { throw .tooLarge("a value has at most 1 GiB") }
            throw StoreError(opening: (place.carrier ?? place.row).opaqueName, error)
        }
        names.append((place.row, key))
        sealCount += 1
        // A record that is known to exist has its entries.
        if case .at? = expected[place.row] { return }
        if key.kind.isListed { try putEntries(of: place) }
    }

    private mutating func putEntries(of place: RecordPlace) throws(StoreError) {
        let path = place.key.path
        guard path.count(where: { $0 == UInt8(ascii: "/") }) <= RecordAddress.depthLimit else {
            throw .tooLarge("a path has at most \(RecordAddress.depthLimit) folders")
        }
        for (row, entry, ordinal, _) in entries(of: place) {
            guard writtenEntries.insert(row).inserted else { continue }
            do throws(CryptoError) {
                let value = try barrier.sealEntry(
                    entry, ordinal: ordinal, kind: place.key.kind.id, row: row, in: place.realm, term: term)
                batch.changes.append(.putIfAbsent(row, value))
            } catch {
                throw StoreError(opening: row.opaqueName, error)
            }
            names.append((row, nil))
            sealCount += 1
        }
    }

    private mutating func delete(_ key: StoreKey) {
        guard let realm = made[key.realm] ?? realms[key.realm] else { return }
        let place = barrier.place(of: key, in: realm)
        batch.changes.append(.delete(place.row))
        names.append((place.row, key))
        guard key.kind.isListed else { return }
        for (row, entry, _, below) in entries(of: place) {
            names.append((row, nil))
            guard let below else {
                batch.changes.append(.delete(row))
                continue
            }
            guard writtenEntries.insert(row).inserted else { continue }
            // The entry names the folder, so its whole path is as deep as the folder.
            emptiedFolders.append((place.key.path[..<entry.name.endIndex], row, below))
        }
    }

    /// The directory entries of a record from its own name upward: row, name, ordinal, and for a folder the range of
    /// its own directory.
    private func entries(
        of place: RecordPlace
    ) -> [(row: RowKey, entry: SplitPath, ordinal: UInt64, below: RowRange?)] {
        var entries: [(row: RowKey, entry: SplitPath, ordinal: UInt64, below: RowRange?)] = []
        var below: RowRange?
        for entry in FolderChain(of: place.key.path) {
            let directory = barrier.addressing.directory(
                of: entry.folder, realm: place.realm.realm, kind: place.key.kind.id, realmTag: place.realm.tag)
            let ordinal = below == nil ? place.key.ordinal : 0
            let row = barrier.addressing.row(in: directory, name: entry.name, ordinal: ordinal)
            entries.append((row, entry, ordinal, below))
            below = directory.range
        }
        return entries
    }
}
