import Notation

/// Writes what answers tell about a secret as a whole, straight as JSON text.
enum MetadataAnswer {
    /// Appends the object that GET `metadata/…` answers.
    static func append(_ metadata: SecretMetadata, to output: inout [UInt8]) {
        output.reserveCapacity(output.count + 512 + metadata.customMetadata.json.count + metadata.versions.count * 128)
        output.append(literal: #"{"cas_required":"#)
        output.append(boolean: metadata.requiresCheckAndSet)
        output.append(literal: #","created_time":""#)
        metadata.createdTime.append(to: &output)
        output.append(literal: #"","current_metadata_version":"#)
        output.append(decimal: Int64(metadata.metadataVersion))
        output.append(literal: #","current_version":"#)
        output.append(decimal: Int64(metadata.currentVersion))
        output.append(literal: #","custom_metadata":"#)
        metadata.customMetadata.append(to: &output)
        output.append(literal: #","delete_version_after":""#)
        output.append(utf8: DeleteVersionAfter.text(metadata.deleteVersionAfter))
        output.append(literal: #"","max_versions":"#)
        output.append(decimal: Int64(metadata.maxVersions))
        output.append(literal: #","metadata_cas_required":"#)
        output.append(boolean: metadata.requiresMetadataCheckAndSet)
        output.append(literal: #","oldest_version":"#)
        output.append(decimal: Int64(metadata.oldestVersion))
        if let serving = metadata.serving {
            output.append(literal: #","serving":"#)
            output += JSON.object(serving.json).serialized()
        }
        output.append(literal: #","updated_time":""#)
        metadata.updatedTime.append(to: &output)
        output.append(literal: #"","versions":"#)
        appendVersions(metadata, to: &output)
        output.append(UInt8(ascii: "}"))
    }

    private static func appendVersions(_ metadata: SecretMetadata, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        for (number, entry) in zip(metadata.versionNumbers, metadata.versions) {
            if number > metadata.firstVersion { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(decimal: Int64(number))
            output.append(literal: #"":{"created_time":""#)
            entry.createdTime.append(to: &output)
            output.append(literal: #"","deletion_time":""#)
            entry.deletionTime?.append(to: &output)
            output.append(literal: #"","destroyed":"#)
            output.append(boolean: entry.isDestroyed)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "}"))
    }
}

extension [UInt8] {
    /// Appends `true` or `false`.
    mutating func append(boolean value: Bool) {
        if value { append(literal: "true") } else { append(literal: "false") }
    }
}
