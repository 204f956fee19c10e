import EngineKit
import Notation
import PolicyEngine

/// What user interfaces and the `kv` commands ask before they know where things are.
extension SystemEngine {
    var interfaceRoutes: [Route] {
        [
            Route("internal/ui/mounts", "The mounts that the caller can see.").unauthenticated()
                .on(.read, serve: visibleMounts),
            Route("internal/ui/mounts/*path", "The mount that serves a path.").unauthenticated()
                .on(.read, serve: mountOfPath),
            Route("internal/specs/openapi", "The API as an OpenAPI document.").unauthenticated().on(
                .read, serve: openAPI),
            Route("internal/ui/resultant-acl", "What the caller's policies allow.").on(.read, serve: resultantACL),
            Route("internal/ui/namespaces", "The namespaces; there are none.").unauthenticated()
                .on(.read) { _, _ throws(EngineError) in .data(["keys": []]) },
        ]
    }

    @Sendable private func visibleMounts(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let table = try running().mounts
        let show = { (entry: MountEntry) -> JSONObject.Member? in
            if request.caller.tokenType != nil, canTouch(entry.path, request) {
                return .init(name: entry.listedPath, value: .object(entry.info))
            }
            guard entry.tuning.listingVisibility == "unauth" else { return nil }
            return .init(
                name: entry.listedPath,
                value: [
                    "description": .string(entry.description),
                    "options": entry.options.isEmpty ? .null : .texts(entry.options), "type": .string(entry.type),
                ])
        }
        return .data([
            "auth": .object(JSONObject(table.authMounts.compactMap(show))),
            "secret": .object(JSONObject(table.secretMounts.compactMap(show))),
        ])
    }

    @Sendable private func mountOfPath(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let path = Self.withSlash(request.captures["path"])
        let shown = String(decoding: path, as: UTF8.self)
        // Whether the mount is missing or only out of reach is the same answer, so that nobody can probe for mounts.
        guard request.caller.tokenType != nil, let mounted = try running().mounts.route(path),
            canTouch(mounted.entry.path, request)
        else {
            if request.caller.tokenType == nil { throw .status(403, ["permission denied"]) }
            throw .status(
                403,
                [
                    "preflight capability check returned 403, please ensure client's policies grant access to "
                        + "path \"\(shown)\""
                ])
        }
        var data = mounted.entry.info
        data["path"] = .string(String(decoding: mounted.entry.path, as: UTF8.self))
        return .data(data)
    }

    @Sendable private func resultantACL(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        if request.caller.isRoot { return .data(["root": true]) }
        let list = try running().policies.accessControlList(request.caller.policies, now: request.now)
        var exact = JSONObject()
        var glob = JSONObject()
        for rule in list.rules {
            let value: JSON = ["capabilities": .strings(rule.capabilities.names)]
            let name = String(decoding: rule.pattern.bytes, as: UTF8.self)
            if rule.pattern.kind == .exact { exact[name] = value } else { glob[name] = value }
        }
        return .data(["exact_paths": .object(exact), "glob_paths": .object(glob), "root": false])
    }

    /// Whether any rule of the caller speaks of something below a mount.
    func canTouch(_ mount: [UInt8], _ request: EngineRequest) -> Bool {
        guard let running = services.running() else { return false }
        let list = running.policies.accessControlList(request.caller.policies, now: request.now)
        return list.allowsAnything(below: mount, now: request.now)
    }
}
