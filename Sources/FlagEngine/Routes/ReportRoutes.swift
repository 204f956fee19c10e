import EngineKit
import Notation

/// Which flags are used, which are not, and which should go.
extension FeatureFlagEngine {
    /// GET `reports/stale?owner=&stage=`: how far flags are in their lives; without a stage, all that are not live.
    func reportStale(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let stage = try request.input.string("stage")
        if let stage, FlagLifecycle.Stage(rawValue: stage) == nil {
            let names = FlagLifecycle.Stage.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("stage: must be one of \(names)")
        }
        let all = try judged(FlagScope(request, transaction)).filter { flag in
            stage.map { flag.lifecycle.stage.rawValue.utf8.elementsEqual($0.utf8) } ?? (flag.lifecycle.stage != .live)
        }
        return .data(["flags": .array(all.map { .object($0.data) })])
    }

    /// GET `reports/review?owner=`: the flags that are not live and not kept by a review, by owner.
    func reportReview(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let waiting = try judged(FlagScope(request, transaction)).filter { flag in
            flag.lifecycle.stage != .live && flag.keptUntil.map { $0 <= request.now } ?? true
        }
        let owners = Dictionary(grouping: waiting) { Array($0.definition.owner.utf8) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return .data([
            "owners": .array(
                owners.map { owner, flags in
                    [
                        "owner": .string(String(decoding: owner, as: UTF8.self)),
                        "flags": .array(flags.map { .object($0.data) }),
                    ]
                })
        ])
    }

    /// GET `reports/unknown?environment=`: keys that were asked for and that no flag has, the newest first.
    func reportUnknown(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let only = try request.input.string("environment")
        var flags: [JSON] = []
        for (environment, _) in try Environments(scope).all() {
            if let only, !environment.elementsEqual(only.utf8) { continue }
            let known = try sets.current(scope, environment)
            let record = try UnknownFlags(
                transaction.get(StoreKey(request.mount.realm, FlagRecords.unknownFlags, environment)))
            // A flag that was made since is no longer unknown.
            for entry in record.entries.reversed() where known.flag(entry.key) == nil {
                flags.append([
                    "key": .string(entry.key), "environment": .string(String(decoding: environment, as: UTF8.self)),
                    "count": .integer(entry.count), "first_seen": .string(entry.first.description),
                    "last_seen": .string(entry.last.description),
                ])
            }
        }
        return .data(["flags": .array(flags)])
    }

    /// GET `reports/usage/:env?flag=&days=`: how often flags are evaluated.
    func reportUsage(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        let days = try request.input.int("days") ?? 7
        guard (1...UsageRecord.daysKept).contains(days) else {
            throw .field("days", "a number from 1 to \(UsageRecord.daysKept)")
        }
        let only = try request.input.string("flag")
        let first = UsageRecord.date(of: request.now.adding(seconds: -86_400 * (days - 1)))
        var flags: [JSON] = []
        let keys = try sets.current(scope, environment).flags.map(\.key)
            .filter { key in only.map { key.bytesEqual(to: $0) } ?? true }
        for (key, usage) in zip(keys, try self.usage(of: keys, environment, scope)) {
            let recent = usage.days(from: first)
            let sums = UsageRecord.total(of: recent)
            flags.append([
                "key": .string(key), "last_evaluated": usage.last.map { .string($0.description) } ?? .null,
                "total": .integer(sums.reduce(UInt64(0)) { $0 &+ $1.count }), "variations": UsageRecord.json(sums),
                "days": .array(
                    recent.map { ["day": .string($0.date), "variations": UsageRecord.json($0.variations)] }),
            ])
        }
        return .data(["environment": .string(String(decoding: environment, as: UTF8.self)), "flags": .array(flags)])
    }

    /// GET `reviews/:flag`.
    static func readReview(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (key, _, _) = try scope.definition()
        guard let bytes = try transaction.get(StoreKey(request.mount.realm, FlagRecords.reviews, key)) else {
            throw .notFound
        }
        return EngineResponse(.rendered(bytes))
    }

    /// POST `reviews/:flag {keep_until, note?}`: the flag is out of the queue until then.
    static func writeReview(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (key, _, _) = try scope.definition()
        guard let until = try request.input.string("keep_until").flatMap({ Timestamp(parsing: $0) }) else {
            throw .invalid("keep_until: must be an RFC 3339 date and time")
        }
        guard until > request.now else { throw .invalid("keep_until: lies in the past") }
        let note = try request.input.string("note") ?? ""
        guard note.utf8.count <= 1_024 else { throw .invalid("note: must be 1024 bytes at most") }
        let review: JSONObject = [
            "key": .string(String(decoding: key, as: UTF8.self)), "keep_until": .string(until.description),
            "note": .string(note), "reviewed_by": .string(request.caller.displayName),
            "reviewed_time": .string(request.now.description),
        ]
        transaction.put(StoreKey(request.mount.realm, FlagRecords.reviews, key), JSON.object(review).serialized())
        return .data(review)
    }

    /// DELETE `reviews/:flag`: the flag is in the queue again, if it belongs there.
    static func deleteReview(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let (key, _, _) = try FlagScope(request, transaction).definition()
        transaction.delete(StoreKey(request.mount.realm, FlagRecords.reviews, key))
        return .noContent
    }

    /// The usage of flags in an environment, in their order.
    private func usage(
        of keys: [String], _ environment: [UInt8], _ scope: FlagScope
    ) throws(EngineError) -> [UsageRecord] {
        let records = keys.map { key in
            StoreKey(scope.request.mount.realm, FlagRecords.usage, FlagScope.path(environment, Array(key.utf8)))
        }
        try scope.transaction.need(records)
        var found: [UsageRecord] = []
        for record in records { found.append(try UsageRecord(scope.transaction.get(record))) }
        return found
    }

    /// All flags that are not archived, with how far they are.
    private func judged(_ scope: FlagScope) throws(EngineError) -> [JudgedFlag] {
        let (request, transaction) = (scope.request, scope.transaction)
        let owner = try request.input.string("owner")
        let environments = try Environments(scope).all().map(\.name)
        let sets = try environments.map { environment throws(EngineError) in
            try self.sets.current(scope, environment)
        }
        var flags: [(key: String, document: StoredDocument, definition: FlagDefinition)] = []
        for (name, document) in try scope.documents.all(.definition) where !document.isDeleted {
            let definition = try document.definition()
            if let owner, !definition.owner.utf8.elementsEqual(owner.utf8) { continue }
            flags.append((String(decoding: name, as: UTF8.self), document, definition))
        }
        let keys = flags.map(\.key)
        let reviews = keys.map { StoreKey(request.mount.realm, FlagRecords.reviews, Array($0.utf8)) }
        try transaction.need(reviews)
        try transaction.need(
            environments.flatMap { environment in
                keys.map { key in
                    let path = FlagScope.path(environment, Array(key.utf8))
                    return StoreKey(request.mount.realm, FlagRecords.states, path)
                }
            })
        var used: [[UsageRecord]] = []
        for environment in environments { used.append(try usage(of: keys, environment, scope)) }
        var judged: [JudgedFlag] = []
        for (index, flag) in flags.enumerated() {
            var changed = flag.document.time
            for environment in environments {
                if let state = try scope.state(environment, Array(flag.key.utf8)) { changed = max(changed, state.time) }
            }
            let states = sets.compactMap { $0.flag(flag.key)?.source.state }
            let facts = FlagLifecycle.Facts(
                kind: flag.definition.kind, created: flag.document.created, changed: changed,
                expires: flag.definition.expires, lastEvaluated: used.compactMap { $0[index].last }.max(),
                servesOneVariation: FlagLifecycle.serveOneVariation(states))
            let review = try transaction.get(reviews[index]).flatMap { try? JSON(parsing: $0, limits: .stored) }
            judged.append(
                JudgedFlag(
                    key: flag.key, definition: flag.definition, facts: facts,
                    lifecycle: FlagLifecycle(of: facts, now: request.now),
                    keptUntil: review?["keep_until"]?.stringValue.flatMap { Timestamp(parsing: $0) }))
        }
        return judged
    }
}

/// A flag with how far it is in its life.
private struct JudgedFlag {
    let key: String
    let definition: FlagDefinition
    let facts: FlagLifecycle.Facts
    let lifecycle: FlagLifecycle
    let keptUntil: Timestamp?

    var data: JSONObject {
        var data: JSONObject = ["key": .string(key)]
        data = data.joined(with: lifecycle.json.objectValue ?? [:])
        return data.joined(with: [
            "kind": .string(definition.kind.rawValue), "owner": .string(definition.owner),
            "created_time": .string(facts.created.description), "updated_time": .string(facts.changed.description),
            "last_evaluated": Self.text(facts.lastEvaluated), "expires": Self.text(facts.expires),
            "kept_until": Self.text(keptUntil),
        ])
    }

    private static func text(_ time: Timestamp?) -> JSON { time.map { .string($0.description) } ?? .null }
}
