import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// POST `copy/…` with `to`: a secret with its settings and all of its versions at a second path.
    ///
    /// What is there already is only replaced with `overwrite`; `cas` is compared with its current version. The rules
    /// for `copy/…` decide alone, whatever the policies say about `data/…` of either path, hence `sudo`.
    static func copySecret(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        try SecretTransfer(request, transaction).copy(request, transaction).answer
    }

    /// POST `move/…` with `to`: as `copy/…`, and the secret is removed from its first path in the same commit.
    static func moveSecret(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let transfer = try SecretTransfer(request, transaction).copy(request, transaction)
        transfer.source.remove(transfer.metadata, transaction)
        return transfer.answer
    }
}

/// A secret on its way to another path.
struct SecretTransfer {
    /// Where the secret is.
    let source: SecretAddress
    /// What is known about it.
    let metadata: SecretMetadata
    private let target: SecretAddress

    /// Reads what a request names; 404 when there is no such secret.
    init(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) {
        source = try SecretAddress.written(request)
        target = SecretAddress(
            realm: source.realm, path: try SecretPath.read("to", of: request.input, in: request.mount))
        guard target.path != source.path else { throw .invalid("source and destination are the same path") }
        try transaction.need([source.metadataKey, target.metadataKey, MountSettings.key(source.realm)])
        guard let metadata = try source.metadata(transaction) else { throw .notFound }
        self.metadata = metadata
    }

    /// Writes the secret to its second path.
    func copy(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> SecretTransfer {
        try makeRoom(request, transaction)
        let size = metadata.versions.reduce(0) { $0 + ($1.isDestroyed ? 0 : $1.byteCount) }
        guard size <= SecretLimits.copyByteCount else {
            throw .invalid("the versions of the secret are larger than \(SecretLimits.copyByteCount) bytes together")
        }
        let kept = zip(metadata.versionNumbers, metadata.versions).filter { !$0.1.isDestroyed }
        try transaction.need(kept.map { source.versionKey($0.0) })
        for (number, entry) in kept {
            let value = try source.version(number, entry, transaction)
            transaction.put(
                target.versionKey(number), StoredVersion.encode(value.json, createdTime: entry.createdTime))
        }
        target.put(metadata, transaction)
        return self
    }

    /// What the client hears.
    var answer: EngineResponse {
        .data([
            "path": .string(String(decoding: target.path, as: UTF8.self)),
            "current_version": .integer(metadata.currentVersion), "versions": .integer(metadata.versions.count),
        ])
    }

    private func makeRoom(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) {
        let settings = try MountSettings(of: target.realm, transaction)
        let existing = try target.metadata(transaction)
        try CheckAndSet.check(
            request.input, current: existing?.currentVersion ?? 0,
            isRequired: settings.requiresCheckAndSet || (existing?.requiresCheckAndSet ?? false), isTopLevel: true)
        let overwrites = try request.input.bool("overwrite") ?? false
        guard let existing else { return }
        guard overwrites else { throw .invalid("the destination exists; set 'overwrite' to replace it") }
        target.remove(existing, transaction)
    }
}
