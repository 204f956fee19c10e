internal import Notation
internal import VaultClient

/// A key or folder of a KV mount, and where the mount's API keeps its parts.
struct KVLocation: Sendable {
    /// The mount's path with a slash at its end; empty when the server does not tell.
    let mount: String
    /// The key's path in the mount.
    let path: String
    /// Whether the mount keeps versions (KV version 2).
    let isVersioned: Bool

    /// Makes a location.
    ///
    /// - Parameters:
    ///   - mount: the mount's path with a slash at its end.
    ///   - path: the key's path in the mount.
    ///   - isVersioned: whether the mount keeps versions.
    init(mount: String, path: String, isVersioned: Bool) {
        self.mount = mount
        self.path = path
        self.isVersioned = isVersioned
    }

    /// Asks the server which mount a key is in and whether it keeps versions.
    ///
    /// - Parameters:
    ///   - word: the path typed.
    ///   - mount: the mount, when it was named.
    ///   - session: the session.
    /// - Returns: the location; without versions when the server does not know the question, as old ones do.
    /// - Throws: ``Failure`` with status 2 when the token may not see the mount.
    static func find(_ word: String, mount: String?, _ session: Session) async throws(Failure) -> KVLocation {
        let path = VaultPath.trimmed(word)
        let question = mount.map(VaultPath.trimmed) ?? path
        let response = try await session.prepare(
            VaultRequest(.get, "sys/internal/ui/mounts/" + question), or: "Error finding the KV mount of \(question)")
        return try found(path, mount: mount, response, session)
    }

    /// The location that the server's answer about a path tells.
    ///
    /// - Parameters:
    ///   - path: the path without surrounding slashes.
    ///   - mount: the mount, when it was named.
    ///   - response: the answer; `nil` when the server does not know the question.
    ///   - session: the session.
    /// - Returns: the location.
    /// - Throws: ``Failure`` when the answer cannot be read.
    static func found(
        _ path: String, mount: String?, _ response: VaultResponse?, _ session: Session
    ) throws(Failure) -> KVLocation {
        guard let response else {
            return KVLocation(mount: mount.map(VaultPath.mount) ?? "", path: path, isVersioned: false)
        }
        let data = try session.secret(response).data
        let found = VaultPath.mount(data["path"]?.stringValue ?? "")
        let version = data["options"]?["version"].map(CellText.field)
        return KVLocation(
            mount: found, path: mount == nil ? remainder(of: path, after: found) : path,
            isVersioned: version.map { $0.utf8.elementsEqual("2".utf8) } ?? false)
    }

    /// The path of a part of the key.
    ///
    /// - Parameter part: `data`, `metadata`, `delete`, `undelete` or `destroy`; ignored without versions.
    /// - Returns: the path below `/v1/`.
    func path(of part: String) -> String {
        VaultPath.trimmed(isVersioned ? "\(mount)\(part)/\(path)" : mount + path)
    }

    /// Refuses a mount without versions.
    ///
    /// - Parameter work: what needs versions, for the message.
    /// - Throws: ``Failure`` with status 2.
    func requireVersions(for work: String) throws(Failure) {
        guard isVersioned else { throw .server("K/V engine mount must be version 2 for \(work) support") }
    }

    private static func remainder(of path: String, after mount: String) -> String {
        let bytes = (path + "/").utf8
        guard bytes.starts(with: mount.utf8) else { return path }
        return VaultPath.trimmed(String(decoding: bytes.dropFirst(mount.utf8.count), as: UTF8.self))
    }
}
