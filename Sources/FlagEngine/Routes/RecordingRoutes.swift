import EngineKit
import Notation

/// Who was given what, and what they did then.
extension FeatureFlagEngine {
    /// The most exposures of one report, and of one page.
    private static let exposuresAtOnce = 1_000

    /// POST `exposures/:env/:flag {exposures: [{targeting_key, variation, at?}]}`: what a client evaluated by itself.
    func reportExposures(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, key, definition) = try named(scope)
        guard let document = try scope.state(environment, key) else {
            throw .status(404, ["the flag has no state in this environment"])
        }
        var exposures: [Exposure] = []
        try EngineError.model { () throws(ModelError) in
            let object = try ModelObject(.object(request.input.members), path: "", allowing: ["exposures"])
            for field in try object.required("exposures").elements(limit: Self.exposuresAtOnce) {
                exposures.append(try Exposure(field, definition, version: document.version, now: request.now))
            }
        }
        let added = try scope.exposures(environment, key)?.append(exposures) ?? 0
        return .data(["accepted": .integer(exposures.count), "new": .integer(added)])
    }

    /// GET `exposures/:env/:flag?format=json|ndjson|csv&after=&limit=`.
    func readExposures(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let page = try ExposurePage(try exposures(scope), request.input, limit: Self.exposuresAtOnce)
        switch try request.input.string("format") ?? "json" {
        case "json": return .data(page.data)
        case "ndjson": return page.raw("application/x-ndjson", page.lines)
        case "csv": return page.raw("text/csv; charset=utf-8", page.table)
        default: throw .invalid("format: must be json, ndjson or csv")
        }
    }

    /// GET `assignments/:env/:flag?variation=&after=&limit=`, or `?targeting_key=`: who is in a variation.
    func readAssignments(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let log = try exposures(scope)
        let flag = request.captures.text("flag")
        if let key = try request.input.string("targeting_key") {
            guard let found = try log?.assignments(of: [key]).first ?? nil else { throw .notFound }
            return .data(["assignments": [.object(found.data(flag, key))]])
        }
        let variation = try request.input.string("variation")
        let page = try ExposurePage(log, request.input, limit: Self.exposuresAtOnce)
        // Someone who was given something else since is found under that exposure.
        let last = try log?.assignments(of: page.exposures.map(\.exposure.targetingKey)) ?? []
        var found: [JSON] = []
        for ((number, exposure), assignment) in zip(page.exposures, last) {
            guard let assignment, assignment.number == number else { continue }
            if let variation, !assignment.variation.bytesEqual(to: variation) { continue }
            found.append(.object(assignment.data(flag, exposure.targetingKey)))
        }
        return .data(["assignments": .array(found), "next": page.next.map { .integer($0) } ?? .null])
    }

    /// GET `assignments/:env?targeting_key=`: what someone was given of all flags.
    func readAssignmentsOfOne(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        guard let key = try request.input.string("targeting_key"), !key.utf8.isEmpty else {
            throw .invalid("targeting_key: is missing")
        }
        let place = EvaluationRecorder.Place(realm: request.mount.realm, environment: environment)
        var logs: [(flag: String, log: ExposureLog)] = []
        for flag in try sets.current(scope, environment).flags {
            guard let series = EvaluationRecorder.series(flag, at: place) else { continue }
            logs.append((flag.key, ExposureLog(series, transaction)))
        }
        try transaction.need(logs.map { $0.log.assignmentKey(key) })
        var found: [JSON] = []
        for (flag, log) in logs {
            guard let assignment = try log.assignments(of: [key]).first ?? nil else { continue }
            found.append(.object(assignment.data(flag, key)))
        }
        return .data(["assignments": .array(found)])
    }

    /// POST `track/:env {events: [{event, targeting_key, value?, at?}]}`: what people did.
    static func track(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let log = try trackLog(FlagScope(request, transaction))
        var events: [TrackedEvent] = []
        try EngineError.model { () throws(ModelError) in
            let object = try ModelObject(.object(request.input.members), path: "", allowing: ["events"])
            for field in try object.required("events").elements(limit: TrackLog.batchLimit) {
                events.append(try TrackedEvent(field, now: request.now))
            }
        }
        try log.append(events)
        return .data(["accepted": .integer(events.count)])
    }

    /// GET `track/:env?event=&after=&limit=`: what was reported, in its batches; `limit` counts those.
    static func readTracked(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let log = try trackLog(FlagScope(request, transaction))
        let event = try request.input.string("event")
        let (after, limit) = try request.input.page(limit: 100)
        let pages = try log.page(after: after, limit: limit)
        let events = pages.flatMap(\.events).filter { found in event.map { found.event.bytesEqual(to: $0) } ?? true }
        let last = pages.last?.number
        let newest = try log.head().newest
        return .data([
            "events": .array(events.map(\.json)),
            "next": last.flatMap { $0 < newest ? .integer($0) : nil } ?? .null,
        ])
    }

    private static func trackLog(_ scope: FlagScope) throws(EngineError) -> TrackLog {
        TrackLog(
            realm: scope.request.mount.realm, environment: try scope.environment().name,
            transaction: scope.transaction)
    }

    private func named(
        _ scope: FlagScope
    ) throws(EngineError) -> (environment: [UInt8], key: [UInt8], definition: FlagDefinition) {
        let (environment, _) = try scope.environment()
        let found = try scope.definition(archived: true)
        return (environment, found.key, found.value)
    }

    /// Who was given the flag that the path names; `nil` when it has no state.
    private func exposures(_ scope: FlagScope) throws(EngineError) -> ExposureLog? {
        let (environment, key, _) = try named(scope)
        return try scope.exposures(environment, key)
    }
}

extension Input {
    /// Where a page begins and how long it is: `after` and `limit`.
    func page(limit most: Int) throws(EngineError) -> (after: UInt64, limit: Int) {
        let after = try int("after") ?? 0
        let limit = try int("limit") ?? most
        guard after >= 0 else { throw .field("after", "a number that is not negative") }
        guard (1...most).contains(limit) else { throw .field("limit", "a number from 1 to \(most)") }
        return (UInt64(after), limit)
    }
}

extension Exposure {
    /// Reads an exposure of a report.
    init(_ field: ModelField, _ definition: FlagDefinition, version: Int, now: Timestamp) throws(ModelError) {
        let object = try ModelObject(field, allowing: ["targeting_key", "variation", "at"])
        let variation = try object.required("variation")
        let name = try variation.name()
        guard definition.index(ofVariation: name) != nil else {
            throw variation.failure("is not a variation of the flag")
        }
        self.init(
            targetingKey: try object.required("targeting_key").text(limit: ModelLimits.keyBytes, isRequired: true),
            variation: name, time: try field.reportedTime(object, now: now), version: version)
    }
}

extension Assignment {
    /// The assignment as answers show it.
    func data(_ flag: String, _ targetingKey: String) -> JSONObject {
        [
            "flag": .string(flag), "targeting_key": .string(targetingKey), "variation": .string(variation),
            "time": .string(time.description), "variations_seen": .integer(changes),
        ]
    }
}
