import EngineKit
import Notation

/// The revisions that services are served in the place of the newest.
struct Pins {
    private let scope: ConfigScope

    init(_ scope: ConfigScope) { self.scope = scope }

    /// The pin of a service; `nil` when it has none.
    func find(_ service: String) throws(EngineError) -> StoredDocument? {
        guard let found = try scope.documents.current(.pin, Array(service.utf8)), !found.isDeleted else { return nil }
        return found
    }

    /// The revision that a place is pinned to; `nil` when it is not.
    func revision(for place: Place) throws(EngineError) -> UInt64? {
        guard let pin = try find(place.service)?.content else { return nil }
        if let environment = pin["env"]?.stringValue, !environment.bytesEqual(to: place.environment) { return nil }
        guard case .number(let text)? = pin["revision"] else { return nil }
        return UInt64(text)
    }
}

extension ConfigurationEngine {
    /// LIST `pins`.
    static func listPins(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let members = try scope.documents.all(.pin).filter { !$0.document.isDeleted }.map { pin in
            JSONObject.Member(name: String(decoding: pin.name, as: UTF8.self), value: .object(pin.document.content))
        }
        if members.isEmpty { return .names([]) }
        return .data(["keys": .strings(members.map(\.name)), "key_info": .object(JSONObject(members))])
    }

    /// GET `pins/:svc`.
    static func readPin(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        guard let pin = try Pins(scope).find(try scope.name("svc")) else { throw .notFound }
        return .data(answer(pin))
    }

    /// POST `pins/:svc {snapshot | revision, env?, reason?}`: serves a service an earlier revision until the pin is
    /// taken away.
    static func writePin(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let service = try scope.name("svc")
        let snapshot = try scope.optionalName("snapshot")
        guard snapshot.isEmpty == request.input.has("revision") else {
            throw .invalid("either snapshot or revision says what to serve")
        }
        let snapshots = Snapshots(scope)
        let revision =
            snapshot.isEmpty
            ? try snapshots.revision(in: request.input) : try snapshots.revision(snapshot)
        var content: JSONObject = ["revision": .integer(revision)]
        if !snapshot.isEmpty { content["snapshot"] = .string(snapshot) }
        let environment = try scope.optionalName("env")
        if !environment.isEmpty { content["env"] = .string(environment) }
        let last = try scope.documents.current(.pin, Array(service.utf8))
        let document = try scope.write(
            .pin, Array(service.utf8), after: last, content, action: "pin",
            change: .init(pinned: service, time: request.now))
        return .data(answer(document))
    }

    /// A pin with who made it and when. Its revision is the one that is served; that of the change is left out.
    private static func answer(_ pin: StoredDocument) -> JSONObject {
        var facts = pin.facts
        facts["revision"] = nil
        return pin.content.joined(with: facts)
    }

    /// DELETE `pins/:svc`: the service is served the newest revision again.
    static func deletePin(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let service = try scope.name("svc")
        guard let last = try Pins(scope).find(service) else { return .noContent }
        _ = try scope.write(
            .pin, Array(service.utf8), after: last, [:], action: "unpin",
            change: .init(pinned: service, time: request.now), isDeleted: true)
        return .noContent
    }
}
