import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// GET `metadata/…`: settings and versions of a secret.
    static func readMetadata(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let secret = SecretAddress(request) else { return rootRefusal }
        guard let metadata = try secret.metadata(transaction) else { throw .notFound }
        var output: [UInt8] = []
        MetadataAnswer.append(metadata, to: &output)
        return EngineResponse(.rendered(output))
    }

    /// POST `metadata/…`: sets what is named and makes the record when there is none.
    static func writeMetadata(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        let change = try MetadataChange(request.input, isPatch: false)
        guard !change.isEmpty else { return .noContent }
        try transaction.need([secret.metadataKey, MountSettings.key(secret.realm)])
        let metadata = try secret.metadata(transaction)
        return try apply(change, to: metadata, of: secret, request, transaction)
    }

    /// PATCH `metadata/…`: sets what is named, resets what is `null`; the secret has to exist.
    static func patchMetadata(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        let change = try MetadataChange(request.input, isPatch: true)
        try transaction.need([secret.metadataKey, MountSettings.key(secret.realm)])
        guard let metadata = try secret.metadata(transaction) else { throw .notFound }
        guard !change.isEmpty else { return .noContent }
        return try apply(change, to: metadata, of: secret, request, transaction)
    }

    /// DELETE `metadata/…`: removes the secret for good; 204 whatever there is.
    static func deleteSecret(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let secret = SecretAddress(request) else { return rootRefusal }
        if let metadata = try secret.metadata(transaction) { secret.remove(metadata, transaction) }
        return .noContent
    }

    private static func apply(
        _ change: MetadataChange, to existing: SecretMetadata?, of secret: SecretAddress, _ request: EngineRequest,
        _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let settings = try MountSettings(of: secret.realm, transaction)
        var metadata = existing ?? SecretMetadata(createdAt: request.now)
        try CheckAndSet.checkMetadata(
            request.input, current: existing?.metadataVersion,
            isRequired: settings.requiresMetadataCheckAndSet || metadata.requiresMetadataCheckAndSet)
        try change.apply(to: &metadata)
        metadata.metadataVersion += 1
        secret.put(metadata, transaction)
        guard change.requiresCheckAndSet == false, settings.requiresCheckAndSet else { return .noContent }
        return EngineResponse(
            warnings: ["\"cas_required\" set to false, but is mandated by backend config. This value will be ignored."])
    }
}

/// What a write of a secret's metadata sets.
struct MetadataChange {
    /// Whether writes must name the current version; `nil` leaves it.
    let requiresCheckAndSet: Bool?
    private let maxVersions: Int?
    private let deleteVersionAfter: Int?
    private let requiresMetadataCheckAndSet: Bool?
    private let notes: JSONObject?
    private let isPatch: Bool
    private let removesNotes: Bool

    /// Reads the fields.
    ///
    /// - Parameter isPatch: whether notes are merged, with `null` removing one or all of them, instead of replaced.
    init(_ input: Input, isPatch: Bool) throws(EngineError) {
        self.isPatch = isPatch
        maxVersions = try VersionCount.read(input)
        requiresCheckAndSet = try input.bool("cas_required")
        requiresMetadataCheckAndSet = try input.bool("metadata_cas_required")
        deleteVersionAfter = try DeleteVersionAfter.read(input)
        let given = try input.object("custom_metadata")
        if let given { notes = try CustomMetadata.texts(of: given, keepsNull: isPatch) } else { notes = nil }
        if case .null? = input.members["custom_metadata"] { removesNotes = true } else { removesNotes = !isPatch }
    }

    /// Whether nothing is set.
    var isEmpty: Bool {
        maxVersions == nil && requiresCheckAndSet == nil && requiresMetadataCheckAndSet == nil
            && deleteVersionAfter == nil && notes == nil
    }

    /// Changes a record.
    func apply(to metadata: inout SecretMetadata) throws(EngineError) {
        if let maxVersions { metadata.maxVersions = maxVersions }
        if let requiresCheckAndSet { metadata.requiresCheckAndSet = requiresCheckAndSet }
        if let requiresMetadataCheckAndSet { metadata.requiresMetadataCheckAndSet = requiresMetadataCheckAndSet }
        if let deleteVersionAfter { metadata.deleteVersionAfter = deleteVersionAfter }
        guard let notes else { return }
        metadata.customMetadata =
            removesNotes ? try CustomMetadata(notes) : try metadata.customMetadata.merging(notes)
    }
}
