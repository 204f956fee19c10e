import EngineKit
import Notation

extension SystemEngine {
    var authRoutes: [Route] {
        [
            Route("auth", "Lists the auth methods.").on(.read, serve: listAuth),
            Route("auth/*path", "An auth method: enable, read and disable it.").sudo()
                .on(.read, serve: readAuth).on(.update, serve: enableAuth).on(.delete, serve: disableAuth),
        ]
    }

    @Sendable private func listAuth(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        Self.listing(try running().mounts.authMounts)
    }

    @Sendable private func readAuth(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let path = Array("auth/".utf8) + request.captures["path"]
        if let tuned = try TuneTarget(path) { return try readTuning(tuned, transaction) }
        guard let mounted = try running().mounts.mount(at: Self.withSlash(path)) else {
            throw .invalid(
                "No auth engine at \(String(decoding: Self.withSlash(request.captures["path"]), as: UTF8.self))")
        }
        return EngineResponse(.data(mounted.entry.info), repeatsDataAtTop: true)
    }

    @Sendable private func enableAuth(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let prefix = Array("auth/".utf8)
        if let tuned = try TuneTarget(prefix + request.captures["path"]) {
            return try tune(tuned, request, transaction)
        }
        guard let type = try request.input.string("type"), !type.utf8.isEmpty else {
            throw .invalid("backend type must be specified as a string")
        }
        guard EngineCatalog.authTypes.contains(type) else {
            throw .invalid("plugin not found in the catalog: \(type)")
        }
        let path = prefix + (try MountPath.checked(request.captures["path"]))
        if let conflict = try running().mounts.conflict(with: path) {
            throw .invalid("path is already in use at auth/\(conflict.listedPath)")
        }
        guard try transaction.get(SystemRecords.mount(path)) == nil else {
            throw .invalid("path is already in use at \(String(decoding: path, as: UTF8.self))")
        }
        var entry = Self.newEntry(path: path, type: type, request.random)
        try entry.describe(by: request.input, implied: [], limits: running().limits)
        transaction.change(.create(entry.realm))
        transaction.put(SystemRecords.mount(path), entry.encoded())
        return .noContent
    }

    @Sendable private func disableAuth(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let path = Self.withSlash(Array("auth/".utf8) + request.captures["path"])
        if path.elementsEqual("auth/token/".utf8) { throw .invalid("token credential backend cannot be disabled") }
        guard let entry = try stored(path, transaction) else { return .noContent }
        transaction.delete(SystemRecords.mount(path))
        transaction.change(.destroy(entry.realm))
        return .noContent
    }
}
