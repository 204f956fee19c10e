import EngineKit
import Notation

/// Writes what answers tell about one version, straight as JSON text.
enum VersionAnswer {
    /// The most bytes that the members of a version take without the notes.
    static let byteCount = 192

    /// Appends the object `created_time, custom_metadata, deletion_time, destroyed, version`, and `current_version` where
    /// a reader is served another one.
    static func append(
        _ number: Int, _ entry: VersionEntry, _ notes: CustomMetadata, newest: Int? = nil, to output: inout [UInt8]
    ) {
        output.append(literal: #"{"created_time":""#)
        entry.createdTime.append(to: &output)
        output.append(literal: #"","custom_metadata":"#)
        notes.append(to: &output)
        output.append(literal: #","deletion_time":""#)
        entry.deletionTime?.append(to: &output)
        output.append(literal: #"","destroyed":"#)
        output.append(boolean: entry.isDestroyed)
        if let newest {
            output.append(literal: #","current_version":"#)
            output.append(decimal: Int64(newest))
        }
        output.append(literal: #","version":"#)
        output.append(decimal: Int64(number))
        output.append(UInt8(ascii: "}"))
    }

    /// The answer to a write: what is known about the version, which is the current one; with a warning when nobody
    /// gets it.
    static func current(of metadata: SecretMetadata, status: UInt16? = nil) throws(EngineError) -> EngineResponse {
        guard let entry = metadata[version: metadata.currentVersion] else { throw .notFound }
        var output: [UInt8] = []
        output.reserveCapacity(byteCount + metadata.customMetadata.json.count)
        append(metadata.currentVersion, entry, metadata.customMetadata, to: &output)
        var response = EngineResponse(.rendered(output), status: status)
        if let serving = metadata.serving, ![serving.stable, serving.candidate].contains(metadata.currentVersion) {
            let some = serving.hasCandidate ? ", some instances \(serving.candidate)," : ""
            response.warnings.append(
                "readers get version \(serving.stable)\(some) and not this one until serving/… says otherwise")
        }
        return response
    }

    /// The answer to a read: a member with some JSON text, and the version's metadata under `metadata`.
    static func read(_ name: StaticString, _ json: ArraySlice<UInt8>?, _ wanted: WantedVersion) -> EngineResponse {
        read(name, json, wanted.number, wanted.entry, wanted.notes, newest: wanted.newest)
    }

    /// The same of a version that was looked for otherwise.
    static func read(
        _ name: StaticString, _ json: ArraySlice<UInt8>?, _ number: Int, _ entry: VersionEntry,
        _ notes: CustomMetadata, newest: Int? = nil
    ) -> EngineResponse {
        var output: [UInt8] = []
        output.reserveCapacity(2 * byteCount + (json?.count ?? 0) + notes.json.count)
        output.append(literal: #"{""#)
        output.append(literal: name)
        output.append(literal: #"":"#)
        if let json { output += json } else { output.append(literal: "null") }
        output.append(literal: #","metadata":"#)
        append(number, entry, notes, newest: newest, to: &output)
        output.append(UInt8(ascii: "}"))
        // A version that is gone is told about with 404.
        return EngineResponse(.rendered(output), status: json == nil ? 404 : nil)
    }
}
