import Audit
import EngineKit
import Notation

extension SystemEngine {
    var auditRoutes: [Route] {
        [
            Route("audit", "Lists the audit devices.").sudo().on(.read, serve: listDevices),
            Route("audit/*path", "An audit device: enable and disable it.").sudo()
                .on(.update, serve: enableDevice).on(.delete, serve: disableDevice),
            Route("audit-hash/*path", "The hash under which a device records a value.").taking(["input"])
                .on(.update, serve: auditHash),
        ]
    }

    private func key(_ request: EngineRequest) throws(EngineError) -> (key: StoreKey, path: String) {
        var path = request.captures["path"]
        if path.last == UInt8(ascii: "/") { path.removeLast() }
        guard !path.isEmpty else { throw .invalid("missing path") }
        return (StoreKey(.system, SystemRecords.auditDevice, path), String(decoding: path, as: UTF8.self) + "/")
    }

    @Sendable private func listDevices(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let members = try running().audit.devices.map {
            JSONObject.Member(name: $0.entry.path, value: .object($0.entry.info))
        }
        return EngineResponse(.data(JSONObject(members)), repeatsDataAtTop: true)
    }

    @Sendable private func enableDevice(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        guard services.allowsAuditDevices else {
            throw .invalid(
                "cannot enable audit device via API; use declarative, config-based audit device management instead")
        }
        let (key, path) = try key(request)
        let type = try request.input.string("type") ?? ""
        guard ["file", "socket"].contains(type) else { throw .invalid("unknown backend type") }
        guard try transaction.get(key) == nil else { throw .invalid("path already in use") }
        let entry = AuditDeviceEntry(
            path: path, type: type, description: try request.input.string("description") ?? "",
            options: try request.input.textMap("options") ?? [], salt: request.random.uuid())
        do throws(AuditError) {
            try entry.checkOptions()
            try entry.checkFile()
            // Opened only to be sure that it can be; the commit's reload opens it for use.
            _ = try entry.open()
        } catch {
            throw .invalid(error.reason)
        }
        transaction.put(key, entry.encoded())
        return .noContent
    }

    @Sendable private func disableDevice(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let (key, _) = try key(request)
        guard let entry = try transaction.get(key).flatMap({ AuditDeviceEntry(decoding: $0) }) else {
            return .noContent
        }
        if entry.isDeclared { throw .invalid("cannot disable configuration-managed audit device") }
        transaction.delete(key)
        return .noContent
    }

    @Sendable private func auditHash(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let (_, path) = try key(request)
        guard let input = try request.input.string("input"), !input.utf8.isEmpty else {
            throw .invalid("the \"input\" parameter is empty")
        }
        guard let device = try running().audit.devices.first(where: { $0.entry.path.utf8.elementsEqual(path.utf8) })
        else {
            throw .invalid("unknown audit backend \"\(path)\"")
        }
        return EngineResponse(.data(["hash": .string(device.hash(input))]), repeatsDataAtTop: true)
    }
}
