import EngineKit
import VaultCrypto

extension OpenBarrier {
    /// What is known of a record without reading the store.
    ///
    /// Anything odd, such as a cached record and a cached carrier from two sides of a commit, is `unknown`: `load`
    /// then looks at the store and decides.
    func peek(_ key: StoreKey) -> Peeked {
        guard key.kind.staysOpened else { return look(for: key) }
        // Counted before the record is looked for: after a commit in between it is looked for again.
        let changes = changeCount
        if let found = openedRecords.find(key, asOf: changes) { return found }
        let found = look(for: key)
        switch found {
        case .present, .absent: openedRecords.keep(found, key, asOf: changes)
        case .unknown: break
        }
        return found
    }

    private func look(for key: StoreKey) -> Peeked {
        guard let realm = knownRealm(key.realm) else { return .unknown }
        let place = place(of: key, in: realm)
        let row: SealedRow
        switch cache.find(place.row) {
        case .row(let found): row = found
        case .absent: return .absent
        case .unknown: return .unknown
        }
        var carrier: SealedRow?
        if let carrierRow = place.carrier {
            guard case .row(let found) = cache.find(carrierRow) else { return .unknown }
            carrier = found
        }
        do throws(CryptoError) {
            return .present(try open(place, row, carrier: carrier))
        } catch {
            return .unknown
        }
    }

    /// The newest commit of a record whose row is cached.
    func peekRevision(_ key: StoreKey) -> Revision? {
        guard let realm = knownRealm(key.realm) else { return nil }
        if case .row(let found) = cache.find(place(of: key, in: realm).row) { return found.revision }
        return nil
    }

    /// Reads records: what is cached from memory, the rest in one trip to the store.
    func load(_ keys: [StoreKey]) async throws(StoreError) -> [Stored?] {
        var places: [RecordPlace?] = []
        for key in keys {
            let realm = try await realm(key.realm)
            places.append(realm.map { place(of: key, in: $0) })
        }
        var needed: [RowKey] = []
        for case let place? in places {
            needed.append(place.row)
            if let carrier = place.carrier { needed.append(carrier) }
        }
        let rows = try await rows(needed)
        var found: [Stored?] = []
        for place in places {
            guard let place, let row = rows[place.row] else {
                found.append(nil)
                continue
            }
            do throws(CryptoError) {
                found.append(try open(place, row, carrier: place.carrier.flatMap { rows[$0] }))
            } catch {
                found.append(try await loadAgain(place))
            }
        }
        return found
    }

    /// The newest rows: from the cache, the rest in one trip. Rows that do not exist are left out.
    ///
    /// - Parameter refreshing: whether to leave the cache aside.
    func rows(_ keys: [RowKey], refreshing: Bool = false) async throws(StoreError) -> [RowKey: SealedRow] {
        var found: [RowKey: SealedRow] = [:]
        var missing: [RowKey: SealedCache.FillToken] = [:]
        for key in keys where found[key] == nil && missing[key] == nil {
            switch refreshing ? .unknown : cache.find(key) {
            case .row(let row): found[key] = row
            case .absent: continue
            case .unknown: missing[key] = cache.token(for: key)
            }
        }
        guard !missing.isEmpty else { return found }
        let order = Array(missing.keys)
        let before = store.revision
        let rows = try await store.get(order)
        // Without a commit during the read, an absence is as of exactly this revision.
        let asOf = store.revision == before ? before : nil
        for (key, row) in zip(order, rows) {
            if let token = missing[key] { cache.fill(key, with: row, asOf: asOf, token: token) }
            if let row { found[key] = row }
        }
        // This may have been the first to see a commit that is not followed yet: what was found before is older.
        countChange()
        return found
    }

    /// Reads a record that did not open, straight from the store, with its carrier in the same trip.
    private func loadAgain(_ place: RecordPlace) async throws(StoreError) -> Stored? {
        let keys = [place.row] + (place.carrier.map { [$0] } ?? [])
        // A store that reads rows one after the other may itself hand out a mixed pair once.
        for _ in 0..<3 {
            let rows = try await store.get(keys)
            guard let row = rows.first ?? nil else { return nil }
            do throws(CryptoError) {
                return try open(place, row, carrier: rows.count > 1 ? rows[1] : nil)
            } catch {
                continue
            }
        }
        throw .corrupted(place.row.opaqueName)
    }
}
