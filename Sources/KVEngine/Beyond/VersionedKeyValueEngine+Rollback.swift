import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// POST `rollback/…` with `version`: writes that version again, as a new version.
    ///
    /// A version that is gone answers 404 with what is known about it. `cas` may be given as for a write.
    static func rollBack(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        guard let number = try request.input.int("version") else { throw .invalid("no version number provided") }
        try transaction.need([secret.metadataKey, MountSettings.key(secret.realm)])
        let settings = try MountSettings(of: secret.realm, transaction)
        guard var metadata = try secret.metadata(transaction) else { throw .notFound }
        try CheckAndSet.check(
            request.input, current: metadata.currentVersion,
            isRequired: settings.requiresCheckAndSet || metadata.requiresCheckAndSet, isTopLevel: true)
        guard let entry = metadata[version: number] else { throw .notFound }
        if entry.isGone(at: request.now) {
            return VersionAnswer.read("data", nil, number, entry, metadata.customMetadata)
        }
        let value = Array(try secret.version(number, entry, transaction).json)
        try secret.addVersion(value, to: &metadata, settings: settings, now: request.now, transaction)
        return try VersionAnswer.current(of: metadata)
    }
}
