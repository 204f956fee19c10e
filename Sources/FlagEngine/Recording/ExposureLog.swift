import EngineKit
import Notation

/// The exposures of one series, each change of what someone is given once.
struct ExposureLog {
    /// How many exposures of a series are kept.
    static let exposuresKept: UInt64 = 1_000_000

    let series: AssignmentSeries
    let transaction: Transaction

    /// Opens a log.
    init(_ series: AssignmentSeries, _ transaction: Transaction) {
        self.series = series
        self.transaction = transaction
    }

    /// Where the log begins and ends.
    func head() throws(EngineError) -> LogHead { try LogHead(transaction.get(series.key(FlagRecords.exposureHeads))) }

    /// Takes in exposures; one that says what is known already is passed over.
    ///
    /// - Returns: how many were new.
    func append(_ exposures: [Exposure]) throws(EngineError) -> Int {
        let keys = exposures.map { assignmentKey($0.targetingKey) }
        try transaction.need(keys + [series.key(FlagRecords.exposureHeads)])
        var head = try head()
        var added: [(number: UInt64, exposure: Exposure)] = []
        for (exposure, key) in zip(exposures, keys) {
            let last = try transaction.get(key).map { bytes throws(EngineError) in try Assignment(decoding: bytes) }
            if let last, last.variation.bytesEqual(to: exposure.variation) { continue }
            head.newest += 1
            added.append((head.newest, exposure))
            transaction.put(series.key(FlagRecords.exposures, ordinal: head.newest), exposure.encoded)
            let assignment = Assignment(
                variation: exposure.variation, time: exposure.time, number: head.newest,
                changes: (last?.changes ?? 0) + 1)
            transaction.put(key, assignment.encoded)
        }
        while head.count > Self.exposuresKept {
            transaction.delete(series.key(FlagRecords.exposures, ordinal: head.oldest))
            head.oldest += 1
        }
        guard !added.isEmpty else { return 0 }
        transaction.put(series.key(FlagRecords.exposureHeads), head.encoded)
        try Webhooks(series.realm, transaction).send(added, of: series)
        return added.count
    }

    /// The exposures after a number, the oldest first.
    func page(after number: UInt64, limit: Int) throws(EngineError) -> [(number: UInt64, exposure: Exposure)] {
        let numbers = try head().page(after: number, limit: limit)
        let keys = numbers.map { series.key(FlagRecords.exposures, ordinal: $0) }
        try transaction.need(keys)
        var found: [(number: UInt64, exposure: Exposure)] = []
        for (number, key) in zip(numbers, keys) {
            if let bytes = try transaction.get(key) { found.append((number, try Exposure(decoding: bytes))) }
        }
        return found
    }

    /// What targeting keys were given last, in their order; `nil` for one that was given nothing.
    func assignments(of targetingKeys: [String]) throws(EngineError) -> [Assignment?] {
        let keys = targetingKeys.map { assignmentKey($0) }
        try transaction.need(keys)
        var found: [Assignment?] = []
        for key in keys {
            found.append(
                try transaction.get(key).map { bytes throws(EngineError) in try Assignment(decoding: bytes) })
        }
        return found
    }

    /// The key of what is recorded about a targeting key.
    func assignmentKey(_ targetingKey: String) -> StoreKey {
        StoreKey(series.realm, FlagRecords.assignments, series.path(of: targetingKey.utf8))
    }
}

extension FlagScope {
    /// Who was given a flag in an environment, under the salt that it has now; `nil` when it has no state there.
    func exposures(_ environment: [UInt8], _ flag: [UInt8]) throws(EngineError) -> ExposureLog? {
        guard let state = try state(environment, flag)?.state() else { return nil }
        let series = AssignmentSeries(
            realm: request.mount.realm, environment: environment, flag: flag, salt: Array(state.salt.utf8))
        return ExposureLog(series, transaction)
    }
}
