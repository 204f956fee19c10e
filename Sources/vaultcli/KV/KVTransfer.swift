internal import Notation
internal import VaultClient

/// Copies keys from one place to another, within and between mounts.
struct KVTransfer {
    /// Where from.
    let source: KVLocation
    /// Where to.
    let destination: KVLocation
    /// Whether a key that is there already is overwritten.
    let overwrites: Bool
    /// The session.
    let session: Session

    /// Finds the keys to copy.
    ///
    /// - Parameter recursive: whether the source is a folder.
    /// - Returns: pairs of source and destination, in the order of their names.
    /// - Throws: ``Failure`` with status 2 when there are none.
    func pairs(recursive: Bool) async throws(Failure) -> [(from: KVLocation, to: KVLocation)] {
        guard recursive else { return [(source, destination)] }
        var result: [(from: KVLocation, to: KVLocation)] = []
        // A list of folders still to visit instead of recursion: their depth comes from outside.
        var folders = [""]
        while let folder = folders.popLast() {
            for name in try await names(in: folder) {
                let path = folder + name
                if name.utf8.last == UInt8(ascii: "/") {
                    folders.append(path)
                } else {
                    result.append((source.appending(path), destination.appending(path)))
                }
            }
        }
        guard !result.isEmpty else { throw .server("No value found at \(source.path(of: "metadata"))") }
        return result.sorted { $0.from.path.utf8.lexicographicallyPrecedes($1.from.path.utf8) }
    }

    /// Copies the current data of one key.
    ///
    /// - Parameters:
    ///   - from: the key.
    ///   - to: the new key.
    /// - Throws: ``Failure`` when there is no data, or the new key is there already.
    func copy(_ from: KVLocation, _ to: KVLocation) async throws(Failure) {
        let data = try await data(of: from)
        let path = to.path(of: "data")
        if to.isVersioned {
            // Check-and-set 0 leaves the decision whether the key is new to the server.
            let body = KVWriting.body(data, cas: overwrites ? nil : 0)
            _ = try await session.send(VaultRequest(.put, path, json: body), or: "Error writing data to \(path)")
            return
        }
        if !overwrites, try await session.prepare(VaultRequest(.get, path), or: "Error reading \(path)") != nil {
            throw .server("There is a key at \(path) already; use -force to overwrite it")
        }
        _ = try await session.send(
            VaultRequest(.put, path, json: .object(data)), or: "Error writing data to \(path)")
    }

    private func data(of key: KVLocation) async throws(Failure) -> JSONObject {
        guard key.isVersioned else { return try await KVVersion.data(key, session) }
        guard let version = try await KVVersion.read(key, session), let data = version.data else {
            throw KVVersion.missing(key)
        }
        guard version.isServed else {
            throw .server("Readers of \(key.path(of: "data")) get another version than the current one; see kv canary")
        }
        return data
    }

    private func names(in folder: String) async throws(Failure) -> [String] {
        let path = source.appending(folder).path(of: "metadata")
        let request = VaultRequest(.get, path, query: [("list", "true")])
        guard let response = try await session.prepare(request, or: "Error listing \(path)") else { return [] }
        return try session.secret(response).data["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}

extension KVLocation {
    /// A key below this folder.
    ///
    /// - Parameter name: the key's path in the folder.
    /// - Returns: the key's location in the same mount.
    func appending(_ name: String) -> KVLocation {
        KVLocation(mount: mount, path: path.isEmpty ? name : "\(path)/\(name)", isVersioned: isVersioned)
    }
}
