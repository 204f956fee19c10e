import EngineKit
import Notation

extension FeatureFlagEngine {
    /// GET `changes/:env`: the changes of an environment as they happen.
    static func readChanges(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        return try scope.events(of: environment, in: .vault)
    }

    /// GET `events/:env/:channel`: tells a browser that it should evaluate again.
    ///
    /// An `EventSource` sends no token, so the address itself is the right to listen. It cannot be guessed, and what is
    /// heard there is only that something changed.
    static func readEvents(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let environment = try scope.name("env")
        let channel = EventChannel.name(of: environment, in: request.mount.realm)
        guard request.captures["channel"].elementsEqual(channel.utf8),
            try Environments(scope).find(environment) != nil
        else { throw .notFound }
        return try scope.events(of: environment, in: .ofrep)
    }
}

extension FlagScope {
    /// The changes of an environment as they happen, in the words of a protocol.
    fileprivate func events(
        of environment: [UInt8], in dialect: EngineRequest.Dialect
    ) throws(EngineError) -> EngineResponse {
        let realm = request.mount.realm
        let after = try request.lastEventNumber()
        return EngineResponse(
            .events(
                EventStream(
                    realm: realm, changes: FlagRecords.changes, group: [dialect == .vault ? 0 : 1] + environment,
                    tell: { revision, transaction throws(EngineError) in
                        let log = ChangeLog(realm: realm, transaction: transaction)
                        guard let change = try log.change(revision), change.concerns(environment) else { return nil }
                        return change.event(revision, dialect)
                    },
                    recall: { transaction, now throws(EngineError) in
                        let log = ChangeLog(realm: realm, transaction: transaction)
                        return try log.missed(after: after, of: environment, in: dialect, now: now)
                    })))
    }
}

/// The address under which an environment's events are heard without a token.
enum EventChannel {
    /// 128 bits in hexadecimal digits, made of the mount's secret identifier; the same for the mount's whole life,
    /// because clients keep it for weeks.
    static func name(of environment: [UInt8], in realm: Realm) -> String {
        var hash = BLAKE2b256()
        hash.update(Array("events".utf8).span)
        hash.update(realm.bytes.span)
        hash.update(environment.span)
        return Hexadecimal.encode(Array(hash.finish().bytes.prefix(16)))
    }
}

extension ChangeLog {
    /// The events that a client missed.
    ///
    /// Remote evaluation hears of one, since all that matters is to fetch anew; also when it does not say what it saw
    /// last, and something changed in the minute before, while it may have been fetching.
    fileprivate func missed(
        after: UInt64?, of environment: [UInt8], in dialect: EngineRequest.Dialect, now: Timestamp
    ) throws(EngineError) -> [[UInt8]] {
        let newest = try revision()
        let first: UInt64
        if let after {
            first = after
        } else {
            guard dialect == .ofrep, newest > 0, let last = try change(newest),
                now.since(last.time).wholeSeconds < 60
            else { return [] }
            first = newest - 1
        }
        // A client can be ahead of us when the store was restored from a backup: it is told where we are.
        guard first <= newest else { return [Change(environment: nil, time: now).event(newest, dialect)] }
        guard newest - first <= 1_000, let changes = try changes(after: first, through: newest) else {
            return [Change(environment: nil, time: now).event(newest, dialect)]
        }
        let events = zip(first + 1...max(newest, first + 1), changes)
            .filter { $0.1.concerns(environment) }.map { $0.1.event($0.0, dialect) }
        return dialect == .ofrep ? events.suffix(1) : events
    }
}

extension ChangeLog.Change {
    /// Whether an environment is touched.
    func concerns(_ name: [UInt8]) -> Bool { environment.map { $0 == name } ?? true }

    /// The change as a server-sent event; it names flags, never their rules.
    func event(_ revision: UInt64, _ dialect: EngineRequest.Dialect) -> [UInt8] {
        let data: JSONObject
        switch dialect {
        case .vault:
            data = [
                "revision": .integer(revision),
                "flags": .strings(flags.map { String(decoding: $0, as: UTF8.self) }),
                "segments": .strings(segments.map { String(decoding: $0, as: UTF8.self) }),
                "time": .string(time.description),
            ]
        case .ofrep:
            data = [
                "type": "refetchEvaluation", "etag": .string("\"\(revision)\""),
                "lastModified": .integer(time.nanosecondsSinceEpoch / 1_000_000_000),
            ]
        }
        return EventStream.event(revision, dialect == .vault ? "change" : "message", data)
    }
}
