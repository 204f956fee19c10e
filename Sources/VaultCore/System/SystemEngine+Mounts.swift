import EngineKit
import Notation

extension SystemEngine {
    var mountRoutes: [Route] {
        [
            Route("mounts", "Lists the secrets engines.").on(.read, serve: listMounts),
            Route("mounts/*path", "A secrets engine: mount, read and unmount it.")
                .on(.read, serve: readMount).on(.update, serve: mount).on(.delete, serve: unmount),
            Route("remount", "Moves a mount to another path, with all that is in it.").sudo()
                .taking(["from", "to"])
                .on(.update, serve: remount),
            Route("remount/status/:id", "Says how a move went.").on(.read, serve: remountStatus),
        ]
    }

    @Sendable private func listMounts(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        Self.listing(try running().mounts.secretMounts)
    }

    /// The answer that lists mounts: `"path/"` to what is known of it.
    static func listing(_ mounts: [MountEntry]) -> EngineResponse {
        let members = mounts.map { JSONObject.Member(name: $0.listedPath, value: .object($0.info)) }
        return EngineResponse(.data(JSONObject(members)), repeatsDataAtTop: true)
    }

    @Sendable private func readMount(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        if let tuned = try TuneTarget(request.captures["path"]) { return try readTuning(tuned, transaction) }
        let path = Self.withSlash(request.captures["path"])
        guard let mounted = try running().mounts.mount(at: path), !mounted.entry.isAuth else {
            throw .invalid("No secret engine mount at \(String(decoding: path, as: UTF8.self))")
        }
        return EngineResponse(.data(mounted.entry.info), repeatsDataAtTop: true)
    }

    @Sendable private func mount(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        if let tuned = try TuneTarget(request.captures["path"]) { return try tune(tuned, request, transaction) }
        let path = try MountPath.checked(request.captures["path"])
        guard let name = try request.input.string("type"), !name.utf8.isEmpty else {
            throw .invalid("backend type must be specified as a string")
        }
        if ["cubbyhole", "identity", "system", "token"].contains(name) {
            throw .invalid("mount type of \"\(name)\" is not mountable")
        }
        guard let (type, implied) = EngineCatalog.secretType(name) else {
            throw .invalid("plugin not found in the catalog: \(name)")
        }
        let table = try running().mounts
        if let conflict = table.conflict(with: path) {
            throw .invalid(
                conflict.path == path
                    ? "path is already in use at \(conflict.listedPath)" : "existing mount at \(conflict.listedPath)")
        }
        guard try transaction.get(SystemRecords.mount(path)) == nil else {
            throw .invalid("path is already in use at \(String(decoding: path, as: UTF8.self))")
        }
        var entry = Self.newEntry(path: path, type: type, request.random)
        try entry.describe(by: request.input, implied: implied, limits: running().limits)
        if let version = entry.options.first(where: { $0.name == "version" })?.value, !["1", "2"].contains(version) {
            throw .invalid("unsupported kv version; expected 1 or 2")
        }
        transaction.change(.create(entry.realm))
        transaction.put(SystemRecords.mount(path), entry.encoded())
        return .noContent
    }

    /// A mount with fresh identifiers.
    static func newEntry(path: [UInt8], type: String, _ random: any RandomSource) -> MountEntry {
        let realm = Realm(bytes: random.bytes(16)) ?? .system
        let accessor = "\(type)_\(Hexadecimal.encode(random.bytes(4)))"
        return MountEntry(path: path, type: type, uuid: random.uuid(), accessor: accessor, realm: realm)
    }

    @Sendable private func unmount(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let path = Self.withSlash(request.captures["path"])
        for name in MountPath.reserved where path.elementsEqual(name.utf8) {
            throw .invalid("cannot unmount \"\(name)\"")
        }
        guard let entry = try stored(path, transaction), !entry.isAuth else { return .noContent }
        transaction.delete(SystemRecords.mount(path))
        transaction.change(.destroy(entry.realm))
        return .noContent
    }

    /// The stored entry of a mount, as of this transaction.
    func stored(_ path: [UInt8], _ transaction: Transaction) throws(EngineError) -> MountEntry? {
        try transaction.get(SystemRecords.mount(path)).flatMap { MountEntry(path: path, decoding: $0) }
    }

    /// A path with one slash at its end.
    static func withSlash(_ path: [UInt8]) -> [UInt8] {
        path.last == UInt8(ascii: "/") ? path : path + [UInt8(ascii: "/")]
    }
}

extension MountEntry {
    /// Takes description, options and configuration from a request to mount.
    mutating func describe(
        by input: Input, implied: [(name: String, value: String)], limits: SystemLimits
    ) throws(EngineError) {
        description = try input.string("description") ?? ""
        isLocal = try input.bool("local") ?? false
        wantsSealWrap = try input.bool("seal_wrap") ?? false
        options = implied
        for (name, value) in try input.textMap("options") ?? [] {
            options.removeAll { $0.name == name }
            options.append((name, value))
        }
        let config = Input(members: try input.object("config") ?? JSONObject())
        try tuning.apply(config, limits: limits, path: listedPath)
    }
}
