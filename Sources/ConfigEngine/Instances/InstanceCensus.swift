import EngineKit
import Notation

/// Compares what instances say with what they should have.
struct InstanceCensus {
    private let engine: ConfigurationEngine
    private let scope: ConfigScope

    init(_ engine: ConfigurationEngine, _ scope: ConfigScope) {
        self.engine = engine
        self.scope = scope
    }

    /// The instances of a service, or of all, by service and instance.
    ///
    /// - Parameter service: the service; empty for all.
    func reports(of service: String) throws(EngineError) -> [(
        service: String, instance: String, report: InstanceReport
    )] {
        let folder = Array(service.utf8)
        let names = try scope.documents.names(ConfigRecords.instances, below: folder)
            .map { folder.isEmpty ? $0 : folder + [UInt8(ascii: "/")] + $0 }
        let keys = names.map { StoreKey(scope.realm, ConfigRecords.instances, $0) }
        try scope.transaction.need(keys)
        var found: [(service: String, instance: String, report: InstanceReport)] = []
        for key in keys {
            guard let slash = key.path.firstIndex(of: UInt8(ascii: "/")), let bytes = try scope.transaction.get(key)
            else { continue }
            found.append(
                (
                    String(decoding: key.path[..<slash], as: UTF8.self),
                    String(decoding: key.path[(slash + 1)...], as: UTF8.self),
                    try InstanceReport(decoding: bytes)
                ))
        }
        return found
    }

    /// What an instance should have.
    func expected(_ service: String, _ instance: String, _ report: InstanceReport) throws(EngineError)
        -> EffectiveDocument
    {
        let place = Place(service: service, environment: report.environment, instance: instance)
        if let revision = try Pins(scope).revision(for: place) {
            return EffectiveDocument(try engine.pictures.past(scope, at: .revision(revision)), for: place)
        }
        return try engine.document(for: place, scope)
    }

    /// Whether an instance has said that it has what it should have.
    private func hasApplied(
        _ service: String, _ instance: String, _ report: InstanceReport
    ) throws(EngineError) -> Bool {
        guard report.isApplied else { return false }
        return report.hash.bytesEqual(to: try expected(service, instance, report).hash)
    }

    /// What is known of the instances in a rollout's step.
    func observation(of rollout: Rollout) throws(EngineError) -> RolloutObservation {
        var observed = RolloutObservation()
        var sums: [String: (sum: Double, count: Double)] = [:]
        let now = scope.request.now
        for (service, instance, report) in try reports(of: rollout.plan.layer.service) {
            let place = Place(service: service, environment: report.environment, instance: instance)
            guard place.sees(rollout.plan.layer), rollout.reaches(instance) else { continue }
            guard report.isLive(at: now) else {
                observed.silent += 1
                // One that has applied it and was then replaced or taken away is not held against the change.
                if report.isLive(at: rollout.state.since), !(try hasApplied(service, instance, report)) {
                    observed.lost += 1
                }
                continue
            }
            observed.live += 1
            let isSince = report.last >= rollout.state.since
            if try hasApplied(service, instance, report) { observed.acknowledged += 1 }
            if isSince, !report.isApplied, report.revision >= rollout.stepRevision { observed.failed = instance }
            guard isSince else { continue }
            for metric in report.metrics {
                let known = sums[metric.name] ?? (0, 0)
                sums[metric.name] = (known.sum + metric.value, known.count + 1)
            }
        }
        observed.means = sums.mapValues { $0.sum / $0.count }
        return observed
    }
}
