import EngineKit
import VaultCrypto

extension OpenBarrier {
    /// What `sys/key-status` tells.
    var keyStatus: KeyStatus {
        let active = keyring.active
        return KeyStatus(term: active.number, installed: active.installed, encryptions: active.encryptions)
    }

    /// Looks at one page of rows and rewraps the keys of older terms in it.
    func rewrap(from progress: RewrapProgress, limit: Int) async throws(StoreError) -> RewrapProgress {
        var progress = progress
        let page = try await store.rows(in: .all, after: progress.cursor, limit: limit)
        let term = keyring.active
        var pending: [(key: RowKey, row: SealedRow, value: SealedValue)] = []
        for (key, row) in page {
            do throws(CryptoError) {
                if let value = try rewrapped(row.value, at: key, to: term) { pending.append((key, row, value)) }
            } catch {
                progress.unreadable += 1
            }
        }
        try await store(pending, term: term)
        progress.examined += page.count
        progress.rewrapped += pending.count
        progress.cursor = page.last?.key ?? progress.cursor
        progress.isComplete = page.count < limit
        return progress
    }

    /// A row's value with its key under the active term; `nil` when there is nothing to do.
    private func rewrapped(
        _ value: SealedValue, at row: RowKey, to term: TermKey
    ) throws(CryptoError) -> SealedValue? {
        let format = RowFormat(of: value)
        guard row != .bootstrap, format.carriesKey else { return nil }
        guard let layout = SealedLayout(of: value.bytes, format: format), let range = layout.wrappedKey else {
            throw .malformed
        }
        let wrapped = Array(value.bytes[range])
        let old = try self.term(sealing: wrapped.span)
        guard old.number < term.number else { return nil }
        if format == .realmKey {
            let context = RowContexts.realmKey(cluster: cluster, row: row)
            let fresh = try old.key.sealing.rewrap(
                wrapped.span, context: context, for: term.key.sealing, newContext: context, term: term.number,
                keyID: TermKey.keyID)
            return SealedLayout.assemble(format, wrappedKey: fresh, body: value.bytes[layout.body])
        }
        guard let realm = knownRealm(tag: row.words[0]) else { throw .malformed }
        let context = realm.contexts.dataKey(row)
        let fresh = try old.key.sealing.rewrap(
            wrapped.span, context: context, for: term.key.sealing, newContext: context, term: term.number,
            keyID: TermKey.keyID)
        // The record in this row is bound to the sealed key beside it; those that borrow the key are not.
        let record = try realm.key.open(
            value.bytes.span.extracting(layout.body), context: realm.contexts.body(row, carrying: wrapped.span))
        let body = try realm.key.seal(
            record.span, context: realm.contexts.body(row, carrying: fresh.span), term: term.number,
            keyID: realm.row.keyID)
        return SealedLayout.assemble(format, wrappedKey: fresh, body: body)
    }

    /// Stores rewrapped rows; row by row when one of them was overtaken.
    private func store(
        _ pending: [(key: RowKey, row: SealedRow, value: SealedValue)], term: TermKey
    ) async throws(StoreError) {
        guard !pending.isEmpty else { return }
        let names = pending.map { (row: $0.key, key: StoreKey?.none) }
        commitNames.begin(names)
        defer { commitNames.end(names) }
        var batch = SealedBatch()
        for item in pending {
            batch.expectations.append((item.key, .at(item.row.revision)))
            batch.changes.append(.put(item.key, item.value))
        }
        do throws(StoreError) {
            _ = try await store.commit(batch)
            term.count(pending.count)
        } catch .conflict {
            for item in pending { try await rewrapAlone(item.key, term: term) }
        }
    }

    /// Rewraps one row, as often as it is overtaken: whoever overtakes it may have copied its old key.
    private func rewrapAlone(_ key: RowKey, term: TermKey) async throws(StoreError) {
        while true {
            guard let row = try await store.get([key]).first ?? nil else { return }
            // A row that cannot be read was counted when the page was looked at.
            guard let value = (try? rewrapped(row.value, at: key, to: term)) ?? nil else { return }
            var batch = SealedBatch()
            batch.expectations = [(key, .at(row.revision))]
            batch.changes = [.put(key, value)]
            do throws(StoreError) {
                _ = try await store.commit(batch)
                term.count(1)
                return
            } catch .conflict {
                continue
            }
        }
    }
}
