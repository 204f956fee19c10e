import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// DELETE `data/…`: deletes the current version, and with it those that readers get instead; 204 whatever there is.
    static func deleteCurrent(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let secret = SecretAddress(request) else { return rootRefusal }
        guard var metadata = try secret.metadata(transaction),
            let entry = metadata[version: metadata.currentVersion],
            metadata.serving != nil || !entry.isGone(at: request.now)
        else { return .noContent }
        let served = metadata.serving.map { [$0.stable, $0.candidate] } ?? []
        metadata.delete([metadata.currentVersion] + served, now: request.now)
        secret.put(metadata, transaction)
        return .noContent
    }

    /// POST `delete/…`: deletes versions.
    static func deleteVersions(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        let numbers = try versionNumbers(request.input, orElse: "No version number provided")
        guard var metadata = try secret.metadata(transaction) else { return .noContent }
        metadata.delete(numbers, now: request.now)
        secret.put(metadata, transaction)
        return .noContent
    }

    /// POST `undelete/…`: takes deletions back.
    static func undeleteVersions(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        let numbers = try versionNumbers(request.input, orElse: "No version number provided")
        guard var metadata = try secret.metadata(transaction) else { return .noContent }
        let settings = try MountSettings(of: secret.realm, transaction)
        metadata.undelete(numbers, settings: settings, now: request.now)
        secret.put(metadata, transaction)
        return .noContent
    }

    /// POST `destroy/…`: removes the values of versions.
    static func destroyVersions(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        let numbers = try versionNumbers(request.input, orElse: "no version number provided")
        guard var metadata = try secret.metadata(transaction) else { return .noContent }
        let destroyed = metadata.destroy(numbers)
        for number in destroyed { transaction.delete(secret.versionKey(number)) }
        secret.put(metadata, transaction)
        return .noContent
    }

    private static func versionNumbers(_ input: Input, orElse message: String) throws(EngineError) -> [Int] {
        var numbers: [Int] = []
        for text in try input.list("versions") ?? [] {
            guard let number = Int(text) else { throw .field("versions", "a list of integers") }
            numbers.append(number)
        }
        guard !numbers.isEmpty else { throw .invalid(message) }
        return numbers
    }
}
