import EngineKit
import Glibc
import Notation

extension SystemEngine {
    var hostRoutes: [Route] {
        [
            Route("host-info", "The machine the server runs on.").on(.read, serve: hostInfo),
            Route("ha-status", "The nodes of the cluster.").on(.read, serve: availability),
            Route("replication/status", "Whether this server copies another; it does not.").unauthenticated()
                .on(.read) { _, _ throws(EngineError) in
                    .data(["dr": ["mode": "disabled"], "performance": ["mode": "disabled"]])
                },
            Route("version-history", "The versions that have run on this store.").on(.list, serve: versionHistory),
            Route("loggers", "The levels of all loggers.").on(.read, serve: readLevels).on(.update, serve: setLevel)
                .on(.delete, serve: resetLevel),
            Route("loggers/:name", "The level of a logger.").on(.read, serve: readLevels).on(.update, serve: setLevel)
                .on(.delete, serve: resetLevel),
        ]
    }

    @Sendable private func hostInfo(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let host = Host.current()
        return .data([
            "cpu": .array([]), "cpu_times": .array([]), "disk": .array([]),
            "host": [
                "hostname": .string(host.name), "os": "linux", "kernelVersion": .string(host.kernel),
                "kernelArch": .string(host.machine), "uptime": .integer(host.uptimeSeconds),
            ],
            "memory": [
                "available": .integer(host.freeBytes), "free": .integer(host.freeBytes),
                "total": .integer(host.totalBytes),
            ],
            "timestamp": .string(request.now.description),
        ])
    }

    @Sendable private func availability(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let node: JSON = [
            "active_node": true, "api_address": .string(services.apiAddress()), "cluster_address": "",
            "hostname": .string(Host.current().name), "last_echo": .null, "version": .string(ProductVersion.reported),
        ]
        return EngineResponse(.data(["nodes": [node]]), repeatsDataAtTop: true)
    }

    @Sendable private func versionHistory(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let names = try transaction.list(Listing(of: Folder(.system, SystemRecords.version, []))).names
        let keys = names.map { StoreKey(.system, SystemRecords.version, $0) }
        try transaction.need(keys)
        var info = JSONObject()
        var previous = JSON.null
        for (name, key) in zip(names, keys) {
            let version = String(decoding: name, as: UTF8.self)
            let installed = try transaction.get(key).map { String(decoding: $0, as: UTF8.self) } ?? ""
            info[version] = [
                "build_date": "", "previous_version": previous, "timestamp_installed": .string(installed),
            ]
            previous = .string(version)
        }
        return .data(["key_info": .object(info), "keys": .strings(info.members.map(\.name))])
    }

    @Sendable private func readLevels(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = request.captures.text("name")
        return .data([name.utf8.isEmpty ? "pulsevault" : name: .string(services.logLevel(nil) ?? "info")])
    }

    @Sendable private func setLevel(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        guard let level = try request.input.string("level"), !level.utf8.isEmpty else {
            throw .invalid("level is required")
        }
        guard services.logLevel(level) != nil else {
            throw .invalid("invalid level provided: expected trace, debug, info, warn or error")
        }
        return .noContent
    }

    @Sendable private func resetLevel(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        _ = services.logLevel("")
        return .noContent
    }
}
