import EngineKit
import Notation

extension ConfigurationEngine {
    /// GET `reach/<layer>`: which services and instances see a layer, of those that have ever told of themselves.
    func readReach(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let layer = try scope.layer()
        var services: Set<String> = []
        var (live, silent) = (0, 0)
        for (service, instance, report) in try InstanceCensus(self, scope).reports(of: layer.service) {
            let place = Place(service: service, environment: report.environment, instance: instance)
            guard place.sees(layer) else { continue }
            services.insert(service)
            if report.isLive(at: request.now) { live += 1 } else { silent += 1 }
        }
        return .data([
            "layer": .string(layer.text), "services": .strings(services.sorted { ByteOrder.precedes($0, $1) }),
            "instances": .integer(live), "silent": .integer(silent),
        ])
    }
}
