import EngineKit
import Notation

extension SystemEngine {
    var rotationConfigurationRoutes: [Route] {
        ["rotate/config", "rotate/keyring/config"].map { pattern in
            Route(pattern, "When the keyring is to be rotated by itself.").sudo()
                .on(.read, serve: readRotation).on(.update, serve: writeRotation)
        }
    }

    private static let rotationKey = SystemRecords.setting("rotation")
    /// Vault's limits for the number of encryptions with one key.
    private static let operations = 1_000_000...3_865_470_566
    private static let dayInSeconds = 86_400

    @Sendable private func readRotation(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        .data(try storedRotation(transaction))
    }

    private func storedRotation(_ transaction: Transaction) throws(EngineError) -> JSONObject {
        let stored = try transaction.get(Self.rotationKey).flatMap { try? JSON(parsing: $0) }?.objectValue
        return stored ?? ["enabled": true, "interval": 0, "max_operations": .integer(Self.operations.upperBound)]
    }

    @Sendable private func writeRotation(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        var rotation = try storedRotation(transaction)
        if let value = try request.input.bool("enabled") { rotation["enabled"] = .bool(value) }
        if let value = try request.input.int("max_operations") {
            guard Self.operations.contains(value) else {
                throw .invalid("max_operations must be between \(Self.operations.lowerBound) and \(Self.operations.upperBound)")
            }
            rotation["max_operations"] = .integer(value)
        }
        if let value = try request.input.seconds("interval") {
            guard value == 0 || value >= Self.dayInSeconds else {
                throw .invalid("interval must be greater or equal to 24h0m0s")
            }
            rotation["interval"] = .integer(value)
        }
        transaction.put(Self.rotationKey, JSON.object(rotation).serialized())
        return .noContent
    }
}
