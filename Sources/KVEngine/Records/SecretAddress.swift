import EngineKit
import Notation

/// Where the records of one versioned secret are.
struct SecretAddress: Sendable {
    /// Who owns the records.
    let realm: Realm
    /// The secret's path inside of the mount.
    let path: [UInt8]

    /// The address of the metadata.
    var metadataKey: StoreKey { StoreKey(realm, KeyValueRecords.metadata, path) }

    /// The address of a version's value.
    func versionKey(_ number: Int) -> StoreKey {
        StoreKey(realm, KeyValueRecords.versions, path, ordinal: UInt64(truncatingIfNeeded: number))
    }
}

extension SecretAddress {
    /// The secret that the route captured as `path`; `nil` when the path is empty.
    init?(_ request: EngineRequest) {
        let path = request.captures["path"]
        guard !path.isEmpty else { return nil }
        self.init(realm: request.mount.realm, path: path)
    }

    /// The secret that a write names.
    static func written(_ request: EngineRequest) throws(EngineError) -> SecretAddress {
        guard let address = SecretAddress(request) else { throw .invalid("missing path") }
        guard address.path.last != UInt8(ascii: "/") else { throw .invalid("cannot write to a path ending in '/'") }
        return address
    }

    /// The metadata in its stored form; `nil` when there is no such secret.
    func storedMetadata(_ transaction: Transaction) throws(EngineError) -> StoredMetadata? {
        guard let bytes = try transaction.get(metadataKey) else { return nil }
        guard let stored = StoredMetadata(bytes) else {
            throw .internalError("the metadata of a secret could not be read")
        }
        return stored
    }

    /// The metadata; `nil` when there is no such secret.
    func metadata(_ transaction: Transaction) throws(EngineError) -> SecretMetadata? {
        try storedMetadata(transaction)?.metadata
    }

    /// Stores metadata when the transaction commits.
    func put(_ metadata: SecretMetadata, _ transaction: Transaction) {
        transaction.put(metadataKey, StoredMetadata.encode(metadata))
    }

    /// The value of a version that the metadata lists as readable.
    func version(
        _ number: Int, _ entry: VersionEntry, _ transaction: Transaction
    ) throws(EngineError) -> StoredVersion {
        // Metadata and value are read one after the other; a commit in between shows as a missing or foreign value.
        guard let bytes = try transaction.get(versionKey(number)) else { throw .inconsistentRead }
        guard let version = StoredVersion(bytes) else {
            throw .internalError("a version of a secret could not be read")
        }
        guard version.createdTime == entry.createdTime else { throw .inconsistentRead }
        return version
    }

    /// Removes the secret with all of its versions when the transaction commits.
    func remove(_ metadata: SecretMetadata, _ transaction: Transaction) {
        if metadata.serving != nil { removeOutcomes(transaction) }
        for number in metadata.versionNumbers { transaction.delete(versionKey(number)) }
        transaction.delete(metadataKey)
    }

    /// Adds a version with a value and removes what falls out of the window.
    func addVersion(
        _ json: [UInt8], to metadata: inout SecretMetadata, settings: MountSettings, now: Timestamp,
        _ transaction: Transaction
    ) throws(EngineError) {
        try SecretLimits.check(value: json)
        if let serving = metadata.serving, metadata[version: serving.stable]?.isGone(at: now) ?? true {
            // Nobody can read what they would be served, so the new version is what they are to read.
            endServing(&metadata, transaction)
        }
        let dropped = metadata.addVersion(byteCount: json.count, settings: settings, now: now)
        if let serving = metadata.serving {
            guard !dropped.contains(serving.stable) else {
                throw .invalid(
                    "version \(serving.stable), which readers get, would be one too many: "
                        + "keep more versions or have another one served")
            }
            if dropped.contains(serving.candidate) { metadata.serving?.dropCandidate(at: now) }
        }
        transaction.put(versionKey(metadata.currentVersion), StoredVersion.encode(json, createdTime: now))
        for number in dropped { transaction.delete(versionKey(number)) }
        put(metadata, transaction)
    }
}
