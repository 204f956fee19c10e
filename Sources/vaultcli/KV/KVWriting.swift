internal import Notation
internal import VaultClient

/// Writes to mounts with versions.
enum KVWriting {
    /// The body of a write.
    ///
    /// - Parameters:
    ///   - data: the key's data.
    ///   - cas: the version that must be the current one; `nil` writes in any case.
    ///   - canary: the share of the instances that get the version first; `nil` for all.
    /// - Returns: the body.
    static func body(_ data: JSONObject, cas: Int?, canary: Percent? = nil) -> JSON {
        var options = JSONObject()
        if let cas { options["cas"] = .integer(cas) }
        if let canary { options["canary"] = ["percent": .number(canary.number)] }
        return ["data": .object(data), "options": .object(options)]
    }

    /// Writes a new version and shows its metadata.
    ///
    /// - Parameters:
    ///   - data: the key's data.
    ///   - location: the key.
    ///   - cas: the version that must be the current one; `nil` writes in any case.
    ///   - canary: the share of the instances that get the version first; `nil` for all.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the server refuses.
    static func put(
        _ data: JSONObject, to location: KVLocation, cas: Int?, canary: Percent? = nil, _ session: Session
    ) async throws(Failure) {
        let path = location.path(of: "data")
        let response = try await session.send(
            VaultRequest(.put, path, json: body(data, cas: cas, canary: canary)), or: "Error writing data to \(path)")
        try show(response, path, session)
    }

    /// Shows the metadata of a version just written.
    ///
    /// - Parameters:
    ///   - response: the server's answer.
    ///   - path: the key's path.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the answer cannot be read.
    static func show(_ response: VaultResponse, _ path: String, _ session: Session) throws(Failure) {
        let secret = try session.secret(response)
        guard session.settings.field == nil, secret.wrapInfo == nil, let metadata = secret.data.objectValue else {
            return try session.show(secret)
        }
        try session.show(secret.json) {
            let heading = Table.heading("Secret Path", width: path.utf8.count)
            return "\(heading)\n\(CellText.printable(path))\n\n" + Table.block("Metadata", metadata)
        }
        if session.settings.format == .table { session.warn(secret.warnings) }
    }
}
