import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// GET `diff/…` with `from` and `to`: the top-level keys that were added, removed, changed, or stayed.
    ///
    /// `to` is the current version unless given, `from` the one before `to`.
    static func compareKeys(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let comparison = try VersionComparison(request, transaction)
        return .data([
            "from": .integer(comparison.from), "to": .integer(comparison.to),
            "added": .strings(comparison.added.map(\.name)), "removed": .strings(comparison.removed.map(\.name)),
            "changed": .strings(comparison.changed.map(\.name)), "unchanged": .strings(comparison.unchanged),
        ])
    }

    /// GET `data-diff/…`: as `diff/…`, with the values of the keys that differ.
    static func compareValues(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let comparison = try VersionComparison(request, transaction)
        let changed = comparison.changed.map { change in
            JSONObject.Member(name: change.name, value: ["from": change.from, "to": change.to])
        }
        return .data([
            "from": .integer(comparison.from), "to": .integer(comparison.to),
            "added": .object(JSONObject(comparison.added)), "removed": .object(JSONObject(comparison.removed)),
            "changed": .object(JSONObject(changed)), "unchanged": .strings(comparison.unchanged),
        ])
    }
}

/// What differs between two versions of a secret. Values are the same when they were written alike.
struct VersionComparison {
    /// The number of the older version.
    let from: Int
    /// The number of the newer version.
    let to: Int
    /// Keys that only the newer version has.
    private(set) var added: [JSONObject.Member] = []
    /// Keys that only the older version has.
    private(set) var removed: [JSONObject.Member] = []
    /// Keys whose values differ.
    private(set) var changed: [(name: String, from: JSON, to: JSON)] = []
    /// Keys with the same value.
    private(set) var unchanged: [String] = []

    /// Compares the versions that a request names; 404 when one of them cannot be read.
    init(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) {
        guard let secret = SecretAddress(request) else { throw .invalid("missing path") }
        let (askedFrom, askedTo) = (try request.input.int("from") ?? 0, try request.input.int("to") ?? 0)
        guard let metadata = try secret.storedMetadata(transaction) else { throw .notFound }
        to = askedTo > 0 ? askedTo : metadata.currentVersion
        from = askedFrom > 0 ? askedFrom : to - 1
        guard let older = metadata.version(from), let newer = metadata.version(to),
            !older.isGone(at: request.now), !newer.isGone(at: request.now)
        else { throw .notFound }
        try transaction.need([secret.versionKey(from), secret.versionKey(to)])
        compare(
            try secret.version(from, older, transaction).object(),
            try secret.version(to, newer, transaction).object())
    }

    private mutating func compare(_ older: JSONObject, _ newer: JSONObject) {
        let (olderPlaces, newerPlaces) = (older.indexByName, newer.indexByName)
        removed = older.members.filter { newerPlaces[Array($0.name.utf8)] == nil }
        for member in newer.members {
            guard let place = olderPlaces[Array(member.name.utf8)] else {
                added.append(member)
                continue
            }
            let before = older.members[place].value
            if before.isIdentical(to: member.value) {
                unchanged.append(member.name)
            } else {
                changed.append((member.name, before, member.value))
            }
        }
    }
}
