import EngineKit
import Notation

extension ConfigurationEngine {
    /// PUT `instances/:svc/:id`: a sign of life, with what the instance has applied.
    ///
    /// The answer says what it should have, so that a heartbeat is enough to notice a change.
    func reportInstance(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let (service, instance) = (try scope.name("svc"), try scope.name("id"))
        let key = Self.key(service, instance, scope)
        let earlier = try transaction.get(key).map { bytes throws(EngineError) in try InstanceReport(decoding: bytes) }
        let report = try EngineError.model { () throws(ModelError) in
            try InstanceReport(json: .object(request.input.members), now: request.now, after: earlier)
        }
        transaction.put(key, report.encoded)
        return .data(try answer(service, instance, report, scope))
    }

    /// GET `instances/:svc/:id`.
    func readInstance(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let (service, instance) = (try scope.name("svc"), try scope.name("id"))
        guard let bytes = try transaction.get(Self.key(service, instance, scope)) else { throw .notFound }
        let report = try InstanceReport(decoding: bytes)
        // The judgement has the other members of the report itself; each is to be there once.
        let own = report.json.only(["revision", "hash", "static_hash", "applied", "metrics", "interval"])
        return .data(own.joined(with: try answer(service, instance, report, scope)))
    }

    /// LIST `instances/:svc`: the instances, whether they are live, have what they should have, or wait for a restart.
    func listInstances(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let service = try scope.name("svc")
        var members: [JSONObject.Member] = []
        for (_, instance, report) in try InstanceCensus(self, scope).reports(of: service) {
            members.append(
                .init(name: instance, value: .object(try answer(service, instance, report, scope))))
        }
        if members.isEmpty { return .names([]) }
        return .data(["keys": .strings(members.map(\.name)), "key_info": .object(JSONObject(members))])
    }

    /// LIST `instances`: the services that have instances.
    static func listInstanceServices(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let folder = Folder(request.mount.realm, ConfigRecords.instances, [])
        return .names(try transaction.list(Listing(of: folder)).names)
    }

    /// DELETE `instances/:svc/:id`: the instance is gone for good.
    static func deleteInstance(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        transaction.delete(key(try scope.name("svc"), try scope.name("id"), scope))
        return .noContent
    }

    private func answer(
        _ service: String, _ instance: String, _ report: InstanceReport, _ scope: ConfigScope
    ) throws(EngineError) -> JSONObject {
        let expected = try InstanceCensus(self, scope).expected(service, instance, report)
        let isLive = report.isLive(at: scope.request.now)
        let isCurrent = report.hash.bytesEqual(to: expected.hash)
        let isStale = !report.staticHash.utf8.isEmpty && !report.staticHash.bytesEqual(to: expected.staticHash)
        return [
            "status": isLive ? "live" : "silent", "env": .string(report.environment),
            "acknowledged": .bool(isLive && isCurrent && report.isApplied),
            "drift": .bool(isLive && !isCurrent && !report.hash.utf8.isEmpty),
            "restart_needed": .bool(report.needsRestart || isStale), "errors": .strings(report.errors),
            "expected_revision": .integer(expected.revision), "expected_hash": .string(expected.hash),
            "expected_static_hash": .string(expected.staticHash),
            "first_seen": .string(report.first.description), "last_seen": .string(report.last.description),
        ]
    }

    private static func key(_ service: String, _ instance: String, _ scope: ConfigScope) -> StoreKey {
        StoreKey(scope.realm, ConfigRecords.instances, Array("\(service)/\(instance)".utf8))
    }
}
