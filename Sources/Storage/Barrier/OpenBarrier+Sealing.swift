import EngineKit
import VaultCrypto

/// Where a record lies and which key seals it.
struct RecordPlace: Sendable {
    /// The record.
    let key: StoreKey
    /// Its realm's key.
    let realm: RealmKey
    /// Its row.
    let row: RowKey
    /// The layout of its row.
    let format: RowFormat
    /// The row whose data key seals it; `nil` when the realm's key does.
    let carrier: RowKey?
}

extension OpenBarrier {
    /// Finds the place of a record.
    func place(of key: StoreKey, in realm: RealmKey) -> RecordPlace {
        let row = addressing.row(of: key, kind: key.kind.id, ordinal: key.ordinal, realmTag: realm.tag)
        switch key.kind.keying {
        case .realm:
            return RecordPlace(key: key, realm: realm, row: row, format: .record, carrier: nil)
        case .carriesKey:
            return RecordPlace(key: key, realm: realm, row: row, format: .carrier, carrier: nil)
        case .borrowsKey(let kind):
            let carrier = addressing.row(of: key, kind: kind, ordinal: 0, realmTag: realm.tag)
            return RecordPlace(key: key, realm: realm, row: row, format: .record, carrier: carrier)
        }
    }

    /// Opens a record.
    ///
    /// - Parameter carrier: the row whose data key seals the record, if one does.
    /// - Throws: `CryptoError` when the row is not what was sealed for this record.
    func open(_ place: RecordPlace, _ row: SealedRow, carrier: SealedRow?) throws(CryptoError) -> Stored {
        let bytes = row.value.bytes
        guard let layout = SealedLayout(of: bytes, format: place.format) else { throw .malformed }
        let envelope = bytes.span.extracting(layout.body)
        var plaintext: [UInt8]
        if let carrierRow = place.carrier {
            guard let carrier else { throw .authenticationFailed }
            guard let range = SealedLayout(of: carrier.value.bytes, format: .carrier)?.wrappedKey else {
                throw .malformed
            }
            let wrappedKey = carrier.value.bytes.span.extracting(range)
            plaintext = try term(sealing: wrappedKey).key.sealing.openWithWrappedKey(
                envelope, wrapped: wrappedKey, wrappedContext: place.realm.contexts.dataKey(carrierRow),
                context: place.realm.contexts.body(place.row, place.format))
        } else if let range = layout.wrappedKey {
            let context = place.realm.contexts.body(place.row, carrying: bytes.span.extracting(range))
            plaintext = try place.realm.key.open(envelope, context: context)
        } else {
            plaintext = try place.realm.key.open(
                envelope, context: place.realm.contexts.body(place.row, place.format))
        }
        guard RecordAddress.strip(place.key, from: &plaintext) else { throw .authenticationFailed }
        return Stored(value: plaintext, revision: row.revision)
    }

    /// Seals a record.
    ///
    /// - Parameter wrappedKey: the data key that the record carries, or that seals it if it borrows one; still sealed.
    func seal(
        _ place: RecordPlace, _ value: [UInt8], wrappedKey: [UInt8]?, term: TermKey
    ) throws(CryptoError) -> SealedValue {
        let plaintext = RecordAddress.encode(place.key, payload: value)
        guard let carrierRow = place.carrier else {
            let context =
                if let wrappedKey { place.realm.contexts.body(place.row, carrying: wrappedKey.span) } else {
                    place.realm.contexts.body(place.row, place.format)
                }
            let body = try place.realm.key.seal(
                plaintext.span, context: context, term: term.number, keyID: place.realm.row.keyID)
            return SealedLayout.assemble(place.format, wrappedKey: wrappedKey, body: body)
        }
        guard let wrappedKey else { throw .malformed }
        let body = try self.term(sealing: wrappedKey.span).key.sealing.sealWithWrappedKey(
            plaintext.span, wrapped: wrappedKey.span, wrappedContext: place.realm.contexts.dataKey(carrierRow),
            context: place.realm.contexts.body(place.row, place.format), term: term.number, keyID: carrierRow.keyID)
        return SealedLayout.assemble(place.format, body: body)
    }

    /// Makes a fresh data key for a record to carry, sealed.
    func makeDataKey(for row: RowKey, in realm: RealmKey, term: TermKey) throws(CryptoError) -> [UInt8] {
        try term.key.sealing.generateWrappedKey(
            context: realm.contexts.dataKey(row), term: term.number, keyID: TermKey.keyID)
    }

    /// The key that a row carries, still sealed.
    static func wrappedKey(of value: SealedValue) throws(CryptoError) -> [UInt8] {
        guard let range = SealedLayout(of: value.bytes, format: .carrier)?.wrappedKey else { throw .malformed }
        return Array(value.bytes[range])
    }

    /// The term that sealed a key.
    func term(sealing wrappedKey: Span<UInt8>) throws(CryptoError) -> TermKey {
        guard let term = keyring.term(try EnvelopeHeader.parse(wrappedKey).term) else { throw .malformed }
        return term
    }

    /// Seals a name of a folder.
    func sealEntry(
        _ entry: SplitPath, ordinal: UInt64, kind: UInt8, row: RowKey, in realm: RealmKey, term: TermKey
    ) throws(CryptoError) -> SealedValue {
        let plaintext = EntryAddress.encode(kind: kind, folder: entry.folder, name: entry.name, ordinal: ordinal)
        let body = try realm.key.seal(
            plaintext.span, context: realm.contexts.body(row, .directoryEntry), term: term.number,
            keyID: realm.row.keyID)
        return SealedLayout.assemble(.directoryEntry, body: body)
    }

    /// Opens a name of a folder.
    func openEntry(
        _ row: RowKey, _ value: SealedValue, kind: UInt8, folder: ArraySlice<UInt8>, in realm: RealmKey
    ) throws(StoreError) -> [UInt8] {
        do throws(CryptoError) {
            guard let layout = SealedLayout(of: value.bytes, format: .directoryEntry) else { throw .malformed }
            let envelope = value.bytes.span.extracting(layout.body)
            let plaintext = try realm.key.open(envelope, context: realm.contexts.body(row, .directoryEntry))
            guard let entry = EntryAddress.decode(plaintext, kind: kind, folder: folder) else { throw .malformed }
            return Array(entry.name)
        } catch {
            throw .corrupted(row.opaqueName)
        }
    }

    /// Makes a realm: a fresh key, and the sealed row that keeps it.
    func makeRealm(_ realm: Realm, term: TermKey) throws(CryptoError) -> (key: RealmKey, value: SealedValue) {
        let row = addressing.row(of: realm)
        let context = RowContexts.realmKey(cluster: cluster, row: row)
        let wrappedKey = try term.key.sealing.generateWrappedKey(
            context: context, term: term.number, keyID: TermKey.keyID)
        let key = try AEADKey(term.key.sealing.unwrap(wrappedKey.span, context: context))
        let name = try key.seal(
            realm.bytes.span, context: RowContexts.realmName(cluster: cluster, row: row), term: term.number,
            keyID: row.keyID)
        let tag = addressing.tag(of: realm)
        return (
            try RealmKey(realm: realm, tag: tag, row: row, revision: Revision(0), key: key, cluster: cluster),
            SealedLayout.assemble(.realmKey, wrappedKey: wrappedKey, body: name)
        )
    }

    /// Opens the row that keeps a realm's key.
    func openRealm(_ row: RowKey, _ sealed: SealedRow) throws(StoreError) -> RealmKey {
        let bytes = sealed.value.bytes
        do throws(CryptoError) {
            guard let layout = SealedLayout(of: bytes, format: .realmKey), let range = layout.wrappedKey else {
                throw .malformed
            }
            let wrappedKey = bytes.span.extracting(range)
            let term = try term(sealing: wrappedKey)
            let secret = try term.key.sealing.unwrap(
                wrappedKey, context: RowContexts.realmKey(cluster: cluster, row: row))
            let key = try AEADKey(secret)
            let name = try key.open(
                bytes.span.extracting(layout.body), context: RowContexts.realmName(cluster: cluster, row: row))
            guard let realm = Realm(bytes: name), addressing.row(of: realm) == row else { throw .malformed }
            return try RealmKey(
                realm: realm, tag: addressing.tag(of: realm), row: row, revision: sealed.revision, key: key,
                cluster: cluster)
        } catch {
            throw StoreError(opening: row.opaqueName, error)
        }
    }
}

extension StoreError {
    /// The error for a sealed thing that did not open.
    init(opening place: String, _ error: CryptoError) {
        switch error {
        case .memoryUnavailable, .libraryUnavailable: self = .unavailable("no protected memory is left for keys")
        default: self = .corrupted(place)
        }
    }
}

extension Keyring {
    /// Opens the keyring of a bootstrap record.
    init(opening record: Bootstrap, rootKey: StoredKey) throws(CryptoError) {
        let secret = try rootKey.sealing.unwrap(record.sealedKeyring.span, context: record.keyringContext)
        try self.init(decoding: secret, generation: record.keyringGeneration)
    }
}
