import EngineKit
import Notation

extension ConfigurationEngine {
    /// GET `history/<layer>/:key?limit=&before=`: who changed the value, when, how and why; the newest first.
    static func readHistory(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let key = try scope.name("key")
        let comparison = try VersionComparison(try scope.definitionForShowing(key), scope)
        return try history(.entry, try scope.layer().place(of: key), comparison, scope)
    }

    /// GET `history/keys/:key`: the history of what a key is.
    static func readKeyHistory(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let key = try scope.name("key")
        return try history(.key, Array(key.utf8), VersionComparison(.undeclared, scope, definesKey: key), scope)
    }

    private static func history(
        _ kind: DocumentKind, _ path: [UInt8], _ comparison: VersionComparison, _ scope: ConfigScope
    ) throws(EngineError) -> EngineResponse {
        let (limit, before) = try scope.request.historyPage()
        // One more, to tell what the oldest of the page changed.
        let found = try scope.documents.history(kind, path, before: before, limit: limit + 1)
        guard !found.isEmpty else { throw .notFound }
        var entries: [JSON] = []
        for (index, document) in found.prefix(limit).enumerated() {
            let earlier = index + 1 < found.count ? found[index + 1] : nil
            var entry = document.facts
            entry["deleted"] = .bool(document.isDeleted)
            entries.append(.object(entry.joined(with: try comparison.members(from: earlier, to: document))))
        }
        return .data(["versions": .array(entries), "has_more": .bool(found.count > limit)])
    }

    /// GET `diff/<layer>/:key?from=&to=`: what differs between two versions; by default the last change.
    static func compare(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let key = try scope.name("key")
        let path = try scope.layer().place(of: key)
        guard let current = try scope.documents.current(.entry, path) else { throw .notFound }
        let to = try request.input.int("to") ?? current.version
        // Looked for first: only the number of a version that is there has one before it.
        let later = try version(to, path, named: "to", scope)
        let from = try request.input.int("from") ?? to - 1
        let earlier = from == 0 ? nil : try version(from, path, named: "from", scope)
        let comparison = try VersionComparison(try scope.definitionForShowing(key), scope)
        let numbers: JSONObject = ["from": .integer(from), "to": .integer(to)]
        return .data(numbers.joined(with: try comparison.members(from: earlier, to: later)))
    }

    private static func version(
        _ number: Int, _ path: [UInt8], named field: String, _ scope: ConfigScope
    ) throws(EngineError) -> StoredDocument {
        guard let found = try scope.documents.version(.entry, path, number) else {
            throw .invalid("\(field): there is no such version of the value")
        }
        return found
    }
}

/// Tells what differs between two versions; of a sensitive key only that something does.
private struct VersionComparison {
    private let digest: ValueDigest?
    private let scope: ConfigScope
    private let key: String?

    /// Prepares to compare.
    ///
    /// - Parameters:
    ///   - definition: what the key is whose values are compared.
    ///   - key: the key, where it is what the key is that is compared.
    init(_ definition: KeyDefinition, _ scope: ConfigScope, definesKey key: String? = nil) throws(EngineError) {
        self.scope = scope
        self.key = key
        digest = definition.isSensitive ? try ValueDigest(scope) : nil
    }

    /// The members `changes`, or `hmac_from` and `hmac_to`.
    func members(from earlier: StoredDocument?, to later: StoredDocument) throws(EngineError) -> JSONObject {
        let (before, after) = (try content(earlier), try content(later))
        guard let digest else {
            let changes = FieldChange.between(.object(before ?? [:]), .object(after ?? [:]))
            return ["changes": .array(changes.map(\.json))]
        }
        return [
            "changes": [], "redacted": true, "hmac_from": before.map { .string(digest.text(of: $0)) } ?? .null,
            "hmac_to": after.map { .string(digest.text(of: $0)) } ?? .null,
        ]
    }

    private func content(_ document: StoredDocument?) throws(EngineError) -> JSONObject? {
        guard let document, !document.isDeleted else { return nil }
        guard let key else { return document.content }
        return try scope.shown(document.content, of: key)
    }
}
