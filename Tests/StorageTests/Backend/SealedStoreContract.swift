import EngineKit
import Storage
import Testing

/// What every sealed store must do, whatever it keeps its rows in.
@Suite struct SealedStoreContract {
    @Test(arguments: StoreBackend.all)
    func valuesComeBackAsTheyWereWritten(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let revision = try await store.commit(
                SealedBatch(.put(key(1), SealedValue(readFromBackend: bytes)), .put(key(2), value(""))))
            let rows = try await store.get([key(2), key(3), key(1), key(2)])
            #expect(rows.map { $0?.value.bytes } == [[], nil, bytes, []])
            #expect(rows.compactMap { $0?.revision } == [revision, revision, revision])
            #expect(try await store.get([]).isEmpty)
        }
    }

    @Test(arguments: StoreBackend.all)
    func aPutReplacesAndADeleteRemoves(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let first = try await store.commit(SealedBatch(.put(key(1), value("a")), .put(key(2), value("b"))))
            let second = try await store.commit(SealedBatch(.put(key(1), value("c")), .delete(key(2)), .delete(key(9))))
            let rows = try await store.get([key(1), key(2)])
            #expect(rows[0]?.value.bytes == value("c").bytes)
            #expect(rows[0]?.revision == second)
            #expect(rows[1] == nil)
            #expect(first < second)
        }
    }

    @Test(arguments: StoreBackend.all)
    func changesOfABatchApplyInOrder(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            _ = try await store.commit(
                SealedBatch(
                    .put(key(1), value("a")), .delete(key(1)), .putIfAbsent(key(1), value("b")),
                    .put(key(2), value("a")), .put(key(2), value("b")), .delete(key(2))))
            #expect(try await store.text(key(1)) == "b")
            #expect(try await store.text(key(2)) == nil)
        }
    }

    @Test(arguments: StoreBackend.all)
    func anExpectationThatHoldsLetsABatchApply(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let created = try await store.commit(
                SealedBatch(expecting: [(key(1), .absent)], .put(key(1), value("a"))))
            _ = try await store.commit(
                SealedBatch(expecting: [(key(1), .at(created)), (key(2), .absent)], .put(key(1), value("b"))))
            #expect(try await store.text(key(1)) == "b")
        }
    }

    @Test(
        arguments: StoreBackend.all,
        [WriteBatch.Expectation.absent, .at(Revision(0)), .at(Revision(2)), .at(Revision(.max))])
    func aConflictAppliesNothing(_ backend: StoreBackend, _ wrong: WriteBatch.Expectation) async throws {
        try await backend.withStore { store in
            let created = try await store.commit(SealedBatch(.put(key(1), value("a"))))
            let batch = SealedBatch(
                expecting: [(key(2), .absent), (key(1), wrong)],
                .put(key(1), value("b")), .put(key(2), value("b")), .deleteAll(.all))
            await #expect(throws: StoreError.conflict) { try await store.commit(batch) }
            let rows = try await store.get([key(1), key(2)])
            #expect(rows[0]?.value.bytes == value("a").bytes)
            #expect(rows[0]?.revision == created)
            #expect(rows[1] == nil)
            #expect(store.revision == created)
        }
    }

    @Test(arguments: StoreBackend.all)
    func aRemovedRowIsAbsentToExpectations(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let created = try await store.commit(SealedBatch(.put(key(1), value("a"))))
            _ = try await store.commit(SealedBatch(.delete(key(1))))
            await #expect(throws: StoreError.conflict) {
                try await store.commit(SealedBatch(expecting: [(key(1), .at(created))], .put(key(1), value("b"))))
            }
            _ = try await store.commit(SealedBatch(expecting: [(key(1), .absent)], .put(key(1), value("c"))))
            #expect(try await store.text(key(1)) == "c")
        }
    }

    @Test(arguments: StoreBackend.all)
    func putIfAbsentLeavesARowAsItIs(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let created = try await store.commit(SealedBatch(.putIfAbsent(key(1), value("a"))))
            _ = try await store.commit(SealedBatch(.putIfAbsent(key(1), value("b"))))
            let row = try await store.get([key(1)])[0]
            #expect(row?.value.bytes == value("a").bytes)
            #expect(row?.revision == created)
        }
    }

    @Test(arguments: StoreBackend.all)
    func deleteIfEmptySeesTheChangesBeforeIt(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let folder = RowRange.folder(realm: 1, high: 7, low: 7)
            let marker = key(1)
            let children = [key(1, folder: 7), key(2, folder: 7)]
            _ = try await store.commit(
                SealedBatch(
                    .put(marker, value("folder")), .put(children[0], value("a")), .put(children[1], value("b"))))
            _ = try await store.commit(SealedBatch(.delete(children[0]), .deleteIfEmpty(marker, folder)))
            #expect(try await store.text(marker) == "folder")
            _ = try await store.commit(SealedBatch(.deleteIfEmpty(marker, folder), .delete(children[1])))
            #expect(try await store.text(marker) == "folder")
            _ = try await store.commit(
                SealedBatch(.put(children[0], value("a")), .delete(children[0]), .deleteIfEmpty(marker, folder)))
            #expect(try await store.text(marker) == nil)
        }
    }

    @Test(arguments: StoreBackend.all)
    func deleteAllRemovesItsRangeAndNothingElse(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let keys = [key(1, realm: 1), key(1, realm: 2), key(2, realm: 2, folder: 9), key(1, realm: 3)]
            let fill = SealedBatch(
                .put(keys[0], value("a")), .put(keys[1], value("a")), .put(keys[2], value("a")),
                .put(keys[3], value("a")))
            _ = try await store.commit(fill)
            _ = try await store.commit(
                SealedBatch(.deleteAll(.folder(realm: 2, high: 9, low: 9)), .put(keys[2], value("again"))))
            #expect(try await store.get(keys).allSatisfy { $0 != nil })
            _ = try await store.commit(SealedBatch(.put(key(5, realm: 2), value("b")), .deleteAll(.realm(2))))
            let remaining = try await store.get(keys + [key(5, realm: 2)])
            #expect(remaining.map { $0 != nil } == [true, false, false, true, false])
            _ = try await store.commit(SealedBatch(.deleteAll(.all)))
            #expect(try await store.rows(in: .all, after: nil, limit: .max).isEmpty)
        }
    }

    @Test(arguments: StoreBackend.all)
    func valuesAboveTheLimitAreRefused(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let largest = SealedValue(readFromBackend: Array(repeating: 7, count: SealedBatch.valueLimit))
            let larger = SealedValue(readFromBackend: Array(repeating: 7, count: SealedBatch.valueLimit + 1))
            _ = try await store.commit(SealedBatch(.put(key(1), largest)))
            #expect(try await store.get([key(1)])[0]?.value.bytes.count == SealedBatch.valueLimit)
            var large = SealedBatch()
            large.changes = (0..<17).map { .put(key($0), largest) }
            for batch in [SealedBatch(.put(key(2), value("a")), .putIfAbsent(key(3), larger)), large] {
                let error = await #expect(throws: StoreError.self) { try await store.commit(batch) }
                guard case .tooLarge? = error else {
                    Issue.record("another error: \(String(describing: error))")
                    continue
                }
            }
            #expect(try await store.text(key(2)) == nil)
        }
    }
}
