import EngineKit
import Notation

extension ApplicationEngine {
    /// How many flags an answer has, unless the request says.
    private static let usualLimit = 100
    /// How many flags an answer has at most.
    private static let greatestLimit = 200

    /// GET `api/admin/featureflags?search=&tag=&stale=&environment=&limit=&after=`: the flags by name.
    static func listFlags(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let asked = try asking.query { query throws(ModelError) in try ListQuestion(query) }
        let listing = try asking.data(.list, "flags/definitions", asked.search)
        // The states of all flags at once, where the caller may list them; else they are read one by one.
        _ = try asking.finding(.list, "flags/states/\(asked.environment)", wordsCount: true)
        let stale = try asked.isStale ? Self.staleFlags(asking) : nil
        let names = (listing["keys"]?.arrayValue ?? []).compactMap(\.stringValue).filter { name in
            let isLater = asked.after.map { ByteOrder.precedes($0, name) } ?? true
            return isLater && stale?.contains(Array(name.utf8)) ?? true
        }
        let limit = asked.limit ?? usualLimit
        var entries: [JSON] = []
        for name in names.prefix(limit) {
            let place = FlagPlace(name: name, environment: asked.environment)
            guard let definition = try asking.finding(.read, place.definitionPath).object else { continue }
            let state = try asking.finding(.read, place.path("states"), wordsCount: true).object
            entries.append(.object(FlagEntry.object(name, place.environment, definition, state)))
        }
        let next = names.count > limit ? names[limit - 1] : nil
        return .raw(["featureFlags": .array(entries), "next": next.map { .string($0) } ?? .null])
    }

    /// The names of the flags that are not live.
    private static func staleFlags(_ asking: Asking) throws(EngineError) -> Set<[UInt8]> {
        let report = try asking.data(.read, "flags/reports/stale")
        let names = (report["flags"]?.arrayValue ?? []).compactMap { $0["key"]?.stringValue }
        return Set(names.map { Array($0.utf8) })
    }

    /// Which flags a listing asks for.
    private struct ListQuestion {
        /// Where their states are looked at.
        let environment: String
        /// Whether only those are wanted that are not live.
        let isStale: Bool
        /// How many.
        let limit: Int?
        /// The name that they come after.
        let after: String?
        /// What the listing of `flags/` looks for.
        let search: JSONObject

        init(_ query: QueryReading) throws(ModelError) {
            environment = try query.name("environment") ?? DefaultEnvironment.ofFlags
            isStale = try query.bool("stale")
            limit = try query.integer("limit", in: 1...greatestLimit)
            after = try query.name("after")
            var search = JSONObject()
            if let text = try query.text("search", limit: 256) { search["search"] = .string(text) }
            if let tag = try query.text("tag", limit: 64) { search["tag"] = .string(tag) }
            self.search = search
        }
    }
}
