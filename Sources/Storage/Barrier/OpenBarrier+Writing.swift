import EngineKit

extension OpenBarrier {
    /// How often a batch is translated anew because a row it borrowed something from was overtaken.
    private static let attemptLimit = 64

    /// Applies a batch.
    ///
    /// A conflict with an expectation the caller did not state is not his: the batch is translated again.
    func commit(_ source: WriteBatch) async throws(StoreError) -> Revision {
        for attempt in 0..<Self.attemptLimit {
            let translation = try await translate(source, refreshing: attempt > 0)
            do throws(StoreError) {
                return try await apply(translation)
            } catch .conflict {
                guard try await wasOvertaken(translation.added) else { throw .conflict }
            }
        }
        throw .conflict
    }

    private func apply(_ translation: BatchTranslation) async throws(StoreError) -> Revision {
        commitNames.begin(translation.names)
        defer { commitNames.end(translation.names) }
        let revision = try await store.commit(translation.batch)
        keyring.active.count(translation.sealCount)
        return revision
    }

    /// - Parameter refreshing: whether to leave what is cached aside.
    private func translate(_ source: WriteBatch, refreshing: Bool) async throws(StoreError) -> BatchTranslation {
        var realms: [Realm: RealmKey] = [:]
        let mentioned = Set(source.expectations.map(\.key.realm)).union(source.writes.map(\.key.realm))
        for realm in mentioned { realms[realm] = try await self.realm(realm, refreshing: refreshing) }
        var carriers: [RowKey] = []
        for (key, write) in source.writes {
            guard case .put = write, let realm = realms[key.realm] else { continue }
            let place = place(of: key, in: realm)
            if let carrier = place.carrier { carriers.append(carrier) }
            if key.kind.keying == .carriesKey { carriers.append(place.row) }
        }
        let known = carriers.isEmpty ? [:] : try await rows(carriers, refreshing: refreshing)
        var translation = BatchTranslation(self, realms: realms, known: known)
        try translation.translate(source)
        return translation
    }

    /// Whether one of the barrier's own expectations does not hold any more.
    private func wasOvertaken(
        _ expectations: [(key: RowKey, expectation: WriteBatch.Expectation)]
    ) async throws(StoreError) -> Bool {
        guard !expectations.isEmpty else { return false }
        let rows = try await store.get(expectations.map(\.key))
        return zip(expectations, rows).contains { pair, row in
            switch (pair.expectation, row?.revision) {
            case (.absent, nil): false
            case (.at(let expected), let found?): expected != found
            default: true
            }
        }
    }
}
