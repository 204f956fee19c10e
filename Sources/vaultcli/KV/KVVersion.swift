internal import Notation
internal import VaultClient

/// One version of a key as the server has it.
struct KVVersion: Sendable {
    /// The key's data; `nil` when the version is deleted or destroyed.
    let data: JSONObject?
    /// The version's number.
    let number: Int
    /// Whether it is what readers get who name no version.
    let isServed: Bool

    /// Reads a version of a key in a mount with versions.
    ///
    /// The current one is the newest, also where readers are served another one.
    ///
    /// - Parameters:
    ///   - location: the key.
    ///   - version: the version; `nil` reads the current one.
    ///   - session: the session.
    /// - Returns: the version, or `nil` when there is none.
    /// - Throws: ``Failure`` when the server refuses.
    static func read(
        _ location: KVLocation, version: Int? = nil, _ session: Session
    ) async throws(Failure) -> KVVersion? {
        let path = location.path(of: "data")
        let query = version.map { [(name: "version", value: String($0))] } ?? []
        let response = try await session.prepare(VaultRequest(.get, path, query: query), or: "Error reading \(path)")
        guard let response else { return nil }
        let data = try session.secret(response).data
        if version == nil, let newest = data["metadata"]?["current_version"]?.intValue {
            return try await read(location, version: newest, session).map { found in
                KVVersion(data: found.data, number: found.number, isServed: false)
            }
        }
        guard let number = data["metadata"]?["version"]?.intValue else { return nil }
        return KVVersion(data: data["data"]?.objectValue, number: number, isServed: true)
    }

    /// The failure where a key has no data.
    ///
    /// - Parameter location: the key.
    /// - Returns: a failure with status 2.
    static func missing(_ location: KVLocation) -> Failure {
        .server("No value found at \(location.path(of: "data"))")
    }

    /// Reads the data of a key in any mount.
    ///
    /// - Parameters:
    ///   - location: the key.
    ///   - version: the version; `nil` reads the current one.
    ///   - session: the session.
    /// - Returns: the data.
    /// - Throws: ``Failure`` with status 2 when there is none.
    static func data(
        _ location: KVLocation, version: Int? = nil, _ session: Session
    ) async throws(Failure) -> JSONObject {
        let missing = missing(location)
        guard !location.isVersioned else {
            guard let data = try await read(location, version: version, session)?.data else { throw missing }
            return data
        }
        let path = location.path(of: "data")
        guard let response = try await session.prepare(VaultRequest(.get, path), or: "Error reading \(path)"),
            let data = try session.secret(response).data.objectValue
        else { throw missing }
        return data
    }
}

/// Numbers of versions given by a flag.
enum KVVersionList {
    /// Reads numbers separated by commas, in one or several flags.
    ///
    /// - Parameters:
    ///   - words: the flags' values.
    ///   - work: what is done with the versions, for the message.
    /// - Returns: the numbers as the API takes them: texts.
    /// - Throws: ``Failure`` with status 1 when there is none, or one is no number.
    static func parse(_ words: [String], to work: String) throws(Failure) -> JSON {
        let parts = words.flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }
            .map { VaultPath.withoutSpace(String(decoding: $0, as: UTF8.self)) }
        guard !parts.isEmpty else {
            throw .usage("No versions provided, use the \"-versions\" flag to specify the version to \(work).")
        }
        for part in parts where Int(part).map({ $0 < 1 }) ?? true {
            throw .usage("-versions must be numbers of 1 or more, separated by commas")
        }
        return .strings(parts)
    }
}
