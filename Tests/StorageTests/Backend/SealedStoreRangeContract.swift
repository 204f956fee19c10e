import EngineKit
import Storage
import Testing

/// What every sealed store must do when rows of a range are read.
@Suite struct SealedStoreRangeContract {
    /// Keys at all edges of two realms, in order.
    private static let keys: [RowKey] = [
        RowKey([0, 0, 0, 0, 0]), RowKey([0, .max, .max, .max, .max]),
        RowKey([1, 0, 0, 0, 0]), RowKey([1, 0, 0, .max, .max]), RowKey([1, 0, 1, 0, 0]),
        RowKey([1, 1, 0, 0, 1]), RowKey([1, 1, 0, 1, 0]), RowKey([1, 1, 0, 1 << 63, 0]),
        RowKey([1, .max, .max, .max, .max]),
        RowKey([1 << 63, 0, 0, 0, 0]), RowKey([.max, 0, 0, 0, 0]), RowKey([.max, .max, .max, .max, .max]),
    ]

    private static func fill(_ store: any SealedStore) async throws {
        for (number, key) in keys.enumerated().shuffled() {
            _ = try await store.commit(SealedBatch(.put(key, value("\(number)"))))
        }
    }

    @Test(
        arguments: StoreBackend.all,
        [
            (RowRange.all, 0..<12), (.realm(0), 0..<2), (.realm(1), 2..<9), (.realm(2), 9..<9), (.realm(.max), 10..<12),
            (.folder(realm: 1, high: 0, low: 0), 2..<4), (.folder(realm: 1, high: 1, low: 0), 5..<8),
            (.folder(realm: .max, high: .max, low: .max), 11..<12), (.folder(realm: 1, high: 2, low: 0), 8..<8),
        ])
    func aRangeHoldsExactlyItsRowsInOrder(
        _ backend: StoreBackend, _ row: (range: RowRange, places: Range<Int>)
    ) async throws {
        try await backend.withStore { store in
            try await Self.fill(store)
            let rows = try await store.rows(in: row.range, after: nil, limit: .max)
            #expect(rows.map(\.key) == Array(Self.keys[row.places]))
            #expect(rows.map { String(decoding: $0.row.value.bytes, as: UTF8.self) } == row.places.map { "\($0)" })
        }
    }

    @Test(arguments: StoreBackend.all, [1, 2, 5, 11, 12, 13])
    func pagesTogetherAreTheWholeRange(_ backend: StoreBackend, _ limit: Int) async throws {
        try await backend.withStore { store in
            try await Self.fill(store)
            var found: [RowKey] = []
            while true {
                let page = try await store.rows(in: .all, after: found.last, limit: limit)
                #expect(page.count <= limit)
                found += page.map(\.key)
                if page.isEmpty { break }
            }
            #expect(found == Self.keys)
        }
    }

    @Test(arguments: StoreBackend.all)
    func aPageMayBeginAfterAnyKey(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            try await Self.fill(store)
            let realm = RowRange.realm(1)
            let before = try await store.rows(in: realm, after: RowKey([0, 5, 0, 0, 0]), limit: 2)
            #expect(before.map(\.key) == Array(Self.keys[2..<4]))
            let between = try await store.rows(in: realm, after: RowKey([1, 1, 0, 0, 5]), limit: 2)
            #expect(between.map(\.key) == Array(Self.keys[6..<8]))
            #expect(try await store.rows(in: realm, after: RowKey([1, .max, .max, .max, .max]), limit: 2).isEmpty)
            #expect(try await store.rows(in: realm, after: RowKey([2, 0, 0, 0, 0]), limit: 2).isEmpty)
            #expect(try await store.rows(in: .all, after: Self.keys[11], limit: 2).isEmpty)
            #expect(try await store.rows(in: .all, after: nil, limit: 0).isEmpty)
            #expect(try await store.rows(in: .all, after: nil, limit: -1).isEmpty)
        }
    }

    @Test(arguments: StoreBackend.all)
    func thousandsOfRowsStayInOrder(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let names = (0..<3000).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
            for start in stride(from: 0, to: names.count, by: 500) {
                var batch = SealedBatch()
                batch.changes = names[start..<start + 500].map { .put(key($0), value("\($0)")) }
                _ = try await store.commit(batch)
            }
            var removal = SealedBatch()
            removal.changes = names[..<1000].map { .delete(key($0)) }
            _ = try await store.commit(removal)
            let rows = try await store.rows(in: .realm(1), after: nil, limit: .max)
            #expect(rows.map(\.key) == names[1000...].sorted().map { key($0) })
        }
    }
}
