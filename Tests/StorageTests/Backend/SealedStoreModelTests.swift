import EngineKit
import Storage
import Testing

/// Random batches against a model so simple that it can be seen to be right. The seed is fixed, so a failure repeats.
@Suite struct SealedStoreModelTests {
    @Test(arguments: StoreBackend.all, [1, 2, 3])
    func randomBatchesDoWhatTheModelDoes(_ backend: StoreBackend, _ seed: UInt64) async throws {
        try await backend.withStore { store in
            var random = SplitMix(state: seed)
            var model: [RowKey: (bytes: [UInt8], revision: Revision)] = [:]
            let heard = Heard()
            store.observeCommits { heard.append($0) }
            for _ in 0..<300 {
                let batch = randomBatch(model, &random)
                do throws(StoreError) {
                    let revision = try await store.commit(batch)
                    #expect(meetsExpectations(batch, model))
                    apply(batch, at: revision, to: &model)
                } catch {
                    #expect(error == .conflict)
                    #expect(!meetsExpectations(batch, model))
                }
            }
            let rows = try await store.rows(in: .all, after: nil, limit: .max)
            #expect(rows.map(\.key) == model.keys.sorted())
            #expect(rows.allSatisfy { model[$0.key]?.bytes == $0.row.value.bytes })
            #expect(rows.allSatisfy { model[$0.key]?.revision == $0.row.revision })
            #expect(follow(heard.commits) == model.mapValues(\.bytes))
        }
    }

    /// What somebody knows who has only heard the commits.
    private func follow(_ commits: [SealedCommit]) -> [RowKey: [UInt8]] {
        var known: [RowKey: [UInt8]] = [:]
        for commit in commits {
            for range in commit.removedRanges { known = known.filter { !holds(range, $0.key) } }
            for row in commit.rows { known[row.key] = row.value?.bytes }
        }
        return known
    }

    private func meetsExpectations(
        _ batch: SealedBatch, _ model: [RowKey: (bytes: [UInt8], revision: Revision)]
    ) -> Bool {
        batch.expectations.allSatisfy { key, expectation in
            switch expectation {
            case .absent: model[key] == nil
            case .at(let revision): model[key]?.revision == revision
            }
        }
    }

    private func apply(
        _ batch: SealedBatch, at revision: Revision, to model: inout [RowKey: (bytes: [UInt8], revision: Revision)]
    ) {
        for change in batch.changes {
            switch change {
            case .put(let key, let value): model[key] = (value.bytes, revision)
            case .putIfAbsent(let key, let value): if model[key] == nil { model[key] = (value.bytes, revision) }
            case .delete(let key): model[key] = nil
            case .deleteIfEmpty(let key, let range):
                if !model.keys.contains(where: { holds(range, $0) }) { model[key] = nil }
            case .deleteAll(let range): model = model.filter { !holds(range, $0.key) }
            }
        }
    }

    private func holds(_ range: RowRange, _ key: RowKey) -> Bool {
        switch range {
        case .all: true
        case .realm(let tag): key.words[0] == tag
        case .folder(let realm, let high, let low):
            key.words[0] == realm && key.words[1] == high && key.words[2] == low
        }
    }

    private func randomBatch(
        _ model: [RowKey: (bytes: [UInt8], revision: Revision)], _ random: inout SplitMix
    ) -> SealedBatch {
        var batch = SealedBatch()
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let key = randomKey(&random)
            let isRight = Int.random(in: 0..<10, using: &random) > 0
            let right = model[key].map { WriteBatch.Expectation.at($0.revision) } ?? .absent
            batch.expectations.append((key, isRight ? right : .at(Revision(0))))
        }
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let key = randomKey(&random)
            let value = value("\(UInt32.random(in: 0...UInt32.max, using: &random))")
            let folder = UInt64.random(in: 1...2, using: &random)
            switch Int.random(in: 0..<16, using: &random) {
            case 0..<7: batch.changes.append(.put(key, value))
            case 7..<10: batch.changes.append(.putIfAbsent(key, value))
            case 10..<13: batch.changes.append(.delete(key))
            case 13: batch.changes.append(.deleteIfEmpty(key, .folder(realm: 1, high: folder, low: folder)))
            case 14: batch.changes.append(.deleteAll(.folder(realm: 2, high: folder, low: folder)))
            default: batch.changes.append(.deleteAll(.realm(UInt64.random(in: 1...3, using: &random))))
            }
        }
        return batch
    }

    private func randomKey(_ random: inout SplitMix) -> RowKey {
        key(
            UInt64.random(in: 0..<4, using: &random), realm: UInt64.random(in: 1...2, using: &random),
            folder: UInt64.random(in: 1...2, using: &random))
    }
}

/// SplitMix64, by Sebastiano Vigna (https://prng.di.unimi.it/splitmix64.c).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
