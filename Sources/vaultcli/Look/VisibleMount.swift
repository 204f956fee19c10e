internal import Notation
internal import VaultClient

/// A mount that the token may see.
struct VisibleMount: Sendable {
    /// The mount's path with a slash at its end.
    let path: String
    /// The engine's type, for example `kv`.
    let type: String
    /// Whether it is a KV mount that keeps versions.
    let isVersioned: Bool

    /// The mounts that the token may see.
    ///
    /// - Parameter session: the session.
    /// - Returns: the mounts in the order of their paths' bytes.
    /// - Throws: ``Failure`` when the server refuses.
    static func all(_ session: Session) async throws(Failure) -> [VisibleMount] {
        let path = "sys/internal/ui/mounts"
        let mounts = try await session.reading(path)?["secret"]?.objectValue?.members ?? []
        return mounts.map { VisibleMount(VaultPath.mount($0.name), $0.value) }
            .sorted { ByteOrder.precedes($0.path, $1.path) }
    }

    /// The mount that serves a path.
    ///
    /// - Parameters:
    ///   - path: a path, without surrounding slashes.
    ///   - session: the session.
    /// - Returns: the mount, or `nil` when there is none, or the token may not see it.
    /// - Throws: ``Failure`` when the server cannot be reached.
    static func serving(_ path: String, _ session: Session) async throws(Failure) -> VisibleMount? {
        let request = VaultRequest(.get, "sys/internal/ui/mounts/" + path)
        switch await session.attempt(request) {
        case .success(nil): return nil
        case .success(let response?):
            let data = try session.secret(response).data
            guard let found = data["path"]?.stringValue else { return nil }
            return VisibleMount(VaultPath.mount(found), data)
        case .failure(let error):
            guard error.status == 403 else { throw Failure(error, during: "Error finding the mount of \(path)") }
            return nil
        }
    }

    private init(_ path: String, _ facts: JSON) {
        self.path = path
        type = facts["type"]?.stringValue ?? ""
        isVersioned = facts["options"]?["version"].map(CellText.field)?.bytesEqual(to: "2") ?? false
    }

    /// Whether secrets are kept in it.
    var isKeyValue: Bool { ["kv", "generic", "cubbyhole"].contains { $0.bytesEqual(to: type) } }

    /// Where names below a path are listed.
    ///
    /// - Parameter path: a path that begins with the mount's.
    /// - Returns: the path below `/v1/`.
    func listing(of path: String) -> String {
        let rest =
            path.utf8.count < mountLength ? "" : String(decoding: path.utf8.dropFirst(mountLength), as: UTF8.self)
        return VaultPath.trimmed(isKeyValue && isVersioned ? "\(self.path)metadata/\(rest)" : self.path + rest)
    }

    private var mountLength: Int { path.utf8.count }
}
