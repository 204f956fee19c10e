package import EngineKit
package import Notation

extension EvaluationRecorder {
    /// How many records one commit takes in.
    private static let batch = 500

    /// Writes what has gathered.
    ///
    /// What a commit fails to write is kept for the next time, as far as it is worth it: who was given what, and what
    /// is to stay with someone. Counts that cannot be written are given up.
    ///
    /// - Parameters:
    ///   - transactor: the store.
    ///   - isMounted: whether a mount is still there; what belongs to another is forgotten.
    /// - Returns: the first failure; `nil` when all was written.
    package func write(
        to transactor: Transactor, now: Timestamp, isMounted: (Realm) -> Bool
    ) async -> EngineError? {
        let gathered = take()
        var failure: EngineError?
        func attempt(_ body: (Transaction) throws(EngineError) -> Void) async -> Bool {
            do throws(EngineError) {
                _ = try await transactor.run(body)
                return true
            } catch {
                failure = failure ?? error
                return false
            }
        }
        for chunk in gathered.counted.filter({ isMounted($0.place.realm) }).chunks(of: Self.batch) {
            // Taken once: the transaction may run several times.
            let counts = chunk.map { $0.flag.usage.take() }
            _ = await attempt { transaction throws(EngineError) in
                try Self.addUsage(zip(chunk, counts), transaction, now)
            }
        }
        for (place, unknown) in gathered.unknown where isMounted(place.realm) {
            _ = await attempt { transaction throws(EngineError) in
                let key = StoreKey(place.realm, FlagRecords.unknownFlags, place.environment)
                var record = try UnknownFlags(transaction.get(key))
                record.add(unknown)
                transaction.put(key, record.encoded)
            }
        }
        for (series, persons) in Dictionary(grouping: gathered.exposures, by: \.key.series)
        where isMounted(series.realm) {
            for chunk in persons.map({ (person: $0.key, exposure: $0.value) }).chunks(of: Self.batch) {
                let isWritten = await attempt { transaction throws(EngineError) in
                    _ = try ExposureLog(series, transaction).append(chunk.map(\.exposure))
                }
                if !isWritten { takeBack(chunk) }
            }
        }
        for chunk in Array(gathered.sticky).chunks(of: Self.batch) {
            let mounted = chunk.filter { isMounted($0.key.series.realm) }
            let isWritten = await attempt { transaction throws(EngineError) in
                for (person, variation) in mounted {
                    let key = StoreKey(
                        person.series.realm, FlagRecords.stickyAssignments, person.series.path(of: person.key.utf8))
                    // The first one stays, also when another node was faster.
                    if try transaction.get(key) == nil { transaction.put(key, Array(variation.utf8)) }
                }
            }
            if isWritten { written(chunk.map(\.key)) }
        }
        return failure
    }

    private static func addUsage(
        _ counted: some Sequence<(Counted, [UInt64])>, _ transaction: Transaction, _ now: Timestamp
    ) throws(EngineError) {
        let keys = counted.map { counted, _ in
            StoreKey(
                counted.place.realm, FlagRecords.usage,
                FlagScope.path(counted.place.environment, Array(counted.flag.key.utf8)))
        }
        try transaction.need(keys)
        for ((counted, counts), key) in zip(counted, keys) {
            var record = try UsageRecord(transaction.get(key))
            record.add(counts, counted.flag.variations.map(\.name), at: now)
            transaction.put(key, record.encoded)
        }
    }
}

extension Array {
    /// The elements in pieces of a length, the last one shorter.
    fileprivate func chunks(of length: Int) -> [[Element]] {
        stride(from: 0, to: count, by: length).map { Array(self[$0..<Swift.min($0 + length, count)]) }
    }
}
