import EngineKit
import Notation

extension FeatureFlagEngine {
    /// GET `history/:env/:flag?before=&limit=`: who changed the state, when, how and why; the newest first.
    static func readHistory(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        return try history(.state, FlagScope.path(environment, scope.name("flag")), scope)
    }

    /// GET `history/:flag`: the history of a definition.
    static func readDefinitionHistory(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        return try history(.definition, scope.name("flag"), scope)
    }

    private static func history(
        _ kind: DocumentKind, _ path: [UInt8], _ scope: FlagScope
    ) throws(EngineError) -> EngineResponse {
        let (limit, before) = try scope.request.historyPage()
        // One more, to tell what the oldest of the page changed.
        let found = try scope.documents.history(kind, path, before: before, limit: limit + 1)
        guard !found.isEmpty else { throw .notFound }
        var entries: [JSON] = []
        for (index, document) in found.prefix(limit).enumerated() {
            var entry = document.facts
            if kind.current == FlagRecords.states { entry["killed"] = .bool(document.killed != nil) }
            entry["deleted"] = .bool(document.isDeleted)
            let earlier = index + 1 < found.count ? found[index + 1] : nil
            let changes = FieldChange.between(.object(earlier?.content ?? [:]), .object(document.content))
            entry["changes"] = .array(changes.map(\.json))
            entries.append(.object(entry))
        }
        return .data(["versions": .array(entries), "has_more": .bool(found.count > limit)])
    }

    /// GET `diff/:env/:flag?from=&to=`: what differs between two versions; by default the last change.
    static func compareStates(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        let path = FlagScope.path(environment, try scope.name("flag"))
        guard let current = try scope.documents.current(.state, path) else { throw .notFound }
        let to = try request.input.int("to") ?? current.version
        // Looked for first: only the number of a version that is there has one before it.
        let later = try version(to, path, named: "to", scope)
        let from = try request.input.int("from") ?? to - 1
        let earlier = from == 0 ? nil : try version(from, path, named: "from", scope)
        let changes = FieldChange.between(.object(earlier?.content ?? [:]), .object(later.content))
        return .data([
            "from": .integer(from), "to": .integer(to), "changes": .array(changes.map(\.json)),
        ])
    }

    private static func version(
        _ number: Int, _ path: [UInt8], named field: String, _ scope: FlagScope
    ) throws(EngineError) -> StoredDocument {
        guard let found = try scope.documents.version(.state, path, number) else {
            throw .invalid("\(field): there is no such version of the state")
        }
        return found
    }

    /// POST `promote/:from/:to/:flag?dry_run=`: gives one environment's state to another.
    func promote(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let source = try scope.environment("from")
        let change = try StateChange(scope, environment: "to")
        guard source.name != change.environment else { throw .invalid("to: is the environment itself") }
        guard let document = try scope.state(source.name, change.key) else { throw .notFound }
        try scope.request.checkVersion(change.versionForCheck)
        // What stands for a while only would stay for good where it was promoted to.
        let lasting = try scope.withoutOverrides(document.state(), of: change, in: source.name)
        let state = lasting.promoted(onto: change.presentState)
        let changes = FieldChange.between(change.presentState?.json ?? [:], state.json)
        var answer: JSONObject = [
            "from": .string(String(decoding: source.name, as: UTF8.self)),
            "to": .string(String(decoding: change.environment, as: UTF8.self)),
            "changes": .array(changes.map(\.json)),
        ]
        let isDryRun = try request.input.bool("dry_run") ?? false
        answer["dry_run"] = .bool(isDryRun)
        guard !isDryRun, !changes.isEmpty else { return .data(answer) }
        let written = try put(state, change, action: "promote")
        return .data(answer.joined(with: written.facts))
    }
}
