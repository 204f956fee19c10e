import EngineKit
import Identity
import Notation
import PolicyEngine

extension SystemEngine {
    var capabilityRoutes: [Route] {
        [
            Route("capabilities", "Says what a token may do with paths.").taking(["token", "path", "paths"])
                .on(.update, serve: capabilities),
            Route("capabilities-self", "Says what the caller may do with paths.").taking(["token", "path", "paths"])
                .on(.update, serve: capabilitiesSelf),
            Route("capabilities-accessor", "Says what the token of an accessor may do with paths.")
                .taking(["accessor", "path", "paths"])
                .on(.update, serve: capabilitiesAccessor),
        ]
    }

    @Sendable private func capabilities(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        guard let token = try request.input.string("token"), !token.utf8.isEmpty else {
            throw .invalid("missing token")
        }
        let running = try running()
        guard let found = try running.tokens.find(Array(token.utf8), transaction, now: request.now) else {
            throw .invalid("invalid token")
        }
        return try answer(found.entry.policies, request, running)
    }

    @Sendable private func capabilitiesSelf(_ request: EngineRequest, _ transaction: Transaction)
        throws(EngineError) -> EngineResponse
    {
        // Clients send their own token along; whoever the body names, the answer is about the caller.
        try answer(request.caller.policies, request, try running())
    }

    @Sendable private func capabilitiesAccessor(_ request: EngineRequest, _ transaction: Transaction)
        throws(EngineError) -> EngineResponse
    {
        guard let accessor = try request.input.string("accessor"), !accessor.utf8.isEmpty else {
            throw .invalid("missing accessor")
        }
        let running = try running()
        guard let found = try running.tokens.find(accessor: accessor, transaction, now: request.now) else {
            throw .invalid("invalid accessor")
        }
        return try answer(found.entry.policies, request, running)
    }

    private func answer(_ policies: [String], _ request: EngineRequest, _ running: Running) throws(EngineError)
        -> EngineResponse
    {
        var paths = try request.input.list("paths") ?? []
        if paths.isEmpty { paths = try request.input.list("path") ?? [] }
        guard !paths.isEmpty else { throw .invalid("paths must be supplied") }
        let list = running.policies.accessControlList(policies, now: request.now)
        var data = JSONObject()
        for path in paths {
            let bytes = Array(path.utf8)
            let canonical = bytes.first == UInt8(ascii: "/") ? Array(bytes.dropFirst()) : bytes
            data[path] = .strings(list.capabilities(for: canonical, now: request.now))
        }
        if paths.count == 1, let only = data.members.first?.value { data["capabilities"] = only }
        return EngineResponse(.data(data), repeatsDataAtTop: true)
    }
}
