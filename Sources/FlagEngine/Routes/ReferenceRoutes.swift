import EngineKit
import Notation

extension FeatureFlagEngine {
    /// The most places that are kept of a flag.
    private static let placesKept = 1_000

    /// GET `references/:flag`: where source code names the flag, as it was last reported.
    static func readReferences(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (key, _, _) = try scope.definition(archived: true)
        let record = StoreKey(request.mount.realm, FlagRecords.references, key)
        guard let bytes = try transaction.get(record) else { throw .notFound }
        return EngineResponse(.rendered(bytes))
    }

    /// POST `references/:flag {references: [{file, line}], repository?}`: what is reported takes the place of the
    /// report before; an empty list says that no code names the flag any more.
    static func writeReferences(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (key, _, _) = try scope.definition(archived: true)
        guard let given = request.input.members["references"]?.arrayValue else {
            throw .field("references", "a list of objects with file and line")
        }
        guard given.count <= placesKept else { throw .invalid("references: must be \(placesKept) at most") }
        var places: [JSON] = []
        for (index, place) in given.enumerated() {
            guard let file = place["file"]?.stringValue, (1...1_024).contains(file.utf8.count) else {
                throw .invalid("references[\(index)].file: must be a text of 1 to 1024 bytes")
            }
            guard let line = place["line"]?.intValue, line > 0 else {
                throw .invalid("references[\(index)].line: must be a number above 0")
            }
            places.append(["file": .string(file), "line": .integer(line)])
        }
        let repository = try request.input.string("repository") ?? ""
        guard repository.utf8.count <= 1_024 else { throw .invalid("repository: must be 1024 bytes at most") }
        let report: JSONObject = [
            "key": .string(String(decoding: key, as: UTF8.self)), "references": .array(places),
            "repository": .string(repository), "reported_by": .string(request.caller.displayName),
            "reported_time": .string(request.now.description),
        ]
        transaction.put(
            StoreKey(request.mount.realm, FlagRecords.references, key), JSON.object(report).serialized())
        return .noContent
    }
}
