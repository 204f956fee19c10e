import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// GET `data/…`: the value of a version; of a version that is gone only its metadata, with 404.
    static func readData(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let secret = SecretAddress(request) else { return rootRefusal }
        guard let wanted = try WantedVersion(of: secret, request, transaction) else { throw .notFound }
        return VersionAnswer.read("data", wanted.value?.json, wanted)
    }

    /// GET `subkeys/…`: the shape of a version.
    static func readSubkeys(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let secret = SecretAddress(request) else { return rootRefusal }
        let depth = try request.input.int("depth") ?? 0
        guard let wanted = try WantedVersion(of: secret, request, transaction) else { throw .notFound }
        let keys = try wanted.value?.object().subkeys(depth: depth)
        return VersionAnswer.read("subkeys", keys, wanted)
    }

    /// POST `data/…`: a new version.
    static func writeData(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        guard let value = try SubmittedValue.object("data", of: request.input) else {
            throw .invalid("no data provided")
        }
        try transaction.need([secret.metadataKey, MountSettings.key(secret.realm)])
        let settings = try MountSettings(of: secret.realm, transaction)
        var metadata = try secret.metadata(transaction) ?? SecretMetadata(createdAt: request.now)
        try CheckAndSet.check(
            request.input, current: metadata.currentVersion,
            isRequired: settings.requiresCheckAndSet || metadata.requiresCheckAndSet)
        try begin(request, &metadata, of: secret, transaction)
        try secret.addVersion(value, to: &metadata, settings: settings, now: request.now, transaction)
        return try VersionAnswer.current(of: metadata)
    }

    /// PATCH `data/…`: the current version with a merge patch applied, as a new version.
    static func patchData(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        guard let changes = try request.input.object("data") else { throw .invalid("no data provided") }
        try transaction.need([secret.metadataKey, MountSettings.key(secret.realm)])
        let settings = try MountSettings(of: secret.realm, transaction)
        guard var metadata = try secret.metadata(transaction) else { throw .notFound }
        try CheckAndSet.check(
            request.input, current: metadata.currentVersion,
            isRequired: settings.requiresCheckAndSet || metadata.requiresCheckAndSet)
        guard let entry = metadata[version: metadata.currentVersion] else { throw .notFound }
        if entry.isGone(at: request.now) { return try VersionAnswer.current(of: metadata, status: 404) }
        let current = try secret.version(metadata.currentVersion, entry, transaction).object()
        let patched = MergePatch.apply(changes, to: current).serialized()
        try begin(request, &metadata, of: secret, transaction)
        try secret.addVersion(patched, to: &metadata, settings: settings, now: request.now, transaction)
        return try VersionAnswer.current(of: metadata)
    }

    /// Has the version that is about to be written tried by a share of the instances first, if the write asks for it.
    private static func begin(
        _ request: EngineRequest, _ metadata: inout SecretMetadata, of secret: SecretAddress,
        _ transaction: Transaction
    ) throws(EngineError) {
        guard let serving = try Serving.begun(request, of: secret.path, metadata) else { return }
        _ = try secret.serve(serving, &metadata, transaction)
    }
}

/// The version that a read asks for with `version`, or the one that its reader is served: the current one, unless the
/// secret says otherwise.
struct WantedVersion {
    /// The version's number.
    let number: Int
    /// What is known about the version.
    let entry: VersionEntry
    /// The number of the current version, when the reader is served another one.
    let newest: Int?
    /// The notes on the secret.
    let notes: CustomMetadata
    /// The value; `nil` when the version is deleted or destroyed.
    let value: StoredVersion?

    /// Looks for the version; `nil` when the secret or the version does not exist.
    init?(
        of secret: SecretAddress, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) {
        let asked = try request.input.int("version") ?? 0
        guard let metadata = try secret.storedMetadata(transaction) else { return nil }
        let served = asked > 0 ? asked : metadata.servedVersion(of: secret.path, request)
        number = served ?? metadata.currentVersion
        newest = asked > 0 || number == metadata.currentVersion ? nil : metadata.currentVersion
        guard let entry = metadata.version(number) else { return nil }
        self.entry = entry
        notes = metadata.customMetadata
        value = entry.isGone(at: request.now) ? nil : try secret.version(number, entry, transaction)
    }
}

extension StoredMetadata {
    /// The version that a reader gets who names none; `nil` when it is the current one.
    fileprivate func servedVersion(of path: [UInt8], _ request: EngineRequest) -> Int? {
        guard let serving else { return nil }
        guard let instance = request.instance, serving.meansCandidate(instance, of: path),
            let entry = version(serving.candidate),
            !entry.isGone(at: request.now)
        else { return serving.stable }
        return serving.candidate
    }
}

extension StoredVersion {
    /// The value as a tree.
    func object() throws(EngineError) -> JSONObject {
        do throws(JSONError) {
            if let object = try JSON(parsing: Array(json), limits: .stored).objectValue { return object }
        } catch {
            throw .internalError("the value of a secret could not be read: \(error)")
        }
        throw .internalError("the value of a secret is not an object")
    }
}

extension JSONObject {
    fileprivate func subkeys(depth: Int) -> ArraySlice<UInt8> {
        SubkeyTree.keys(of: self, depth: depth).serialized()[...]
    }
}
