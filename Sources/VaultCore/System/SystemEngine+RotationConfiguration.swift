import EngineKit
import Notation

extension SystemEngine {
    var rotationConfigurationRoutes: [Route] {
        ["rotate/config", "rotate/keyring/config"].map { pattern in
            Route(pattern, "When the keyring is to be rotated by itself.")
                .on(.read, serve: readRotation).on(.update, serve: writeRotation)
        }
    }

    @Sendable private func readRotation(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        .data(try RotationSchedule(transaction).json.objectValue ?? [:])
    }

    @Sendable private func writeRotation(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        var schedule = try RotationSchedule(transaction)
        if let value = try request.input.bool("enabled") { schedule.isEnabled = value }
        if let value = try request.input.int("max_operations") {
            let limits = RotationSchedule.operations
            guard limits.contains(value) else {
                throw .invalid("max_operations must be between \(limits.lowerBound) and \(limits.upperBound)")
            }
            schedule.maxOperations = value
        }
        if let value = try request.input.seconds("interval") {
            guard value == 0 || value >= RotationSchedule.shortestInterval else {
                throw .invalid("interval must be greater or equal to 24h0m0s")
            }
            schedule.interval = value
        }
        schedule.store(transaction)
        return .noContent
    }
}
