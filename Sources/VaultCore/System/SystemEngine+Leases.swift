import EngineKit
import Identity
import Notation

/// Leases: of tokens, of wrapped answers, and of what engines give for a while, such as overrides.
extension SystemEngine {
    var leaseRoutes: [Route] {
        let renewals = ["leases/renew", "leases/renew/*lease_id", "renew", "renew/*lease_id"]
        let revocations = ["leases/revoke", "leases/revoke/*lease_id", "revoke", "revoke/*lease_id"]
        let prefixes = ["leases/revoke-prefix", "revoke-prefix", "leases/revoke-force", "revoke-force"]
        return [
            Route("leases", "Lists the leases that could not be revoked.").sudo().on(.read, serve: listIrrevocable),
            Route("leases/count", "Counts the leases that could not be revoked.").on(.read, serve: countIrrevocable),
            Route("leases/lookup", "Describes a lease.").taking(["lease_id"]).on(.update, serve: lookupLease),
            Route("leases/lookup/*prefix", "Lists the leases below a prefix.").sudo().control(.list, serve: listLeases),
            Route("leases/tidy", "Removes what is left of leases.").on(.update, serve: tidyLeases),
        ]
            + renewals.map { path in
                Route(path, "Renews a lease.").taking(["lease_id", "url_lease_id", "increment"])
                    .on(.update, serve: renewLease)
            }
            + revocations.map { Route($0, "Revokes a lease.").on(.update, serve: revokeLease) }
            + prefixes.map {
                Route("\($0)/*prefix", "Revokes everything below a prefix.").sudo()
                    .control(.update, serve: revokePrefix)
            }
    }

    @Sendable private func lookupLease(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        guard let lease = try lease(request, transaction) else { throw .invalid("invalid lease") }
        let entry = lease.entry
        var data: JSONObject = [
            "id": .string(String(decoding: lease.id, as: UTF8.self)),
            "issue_time": .string(entry.creationTime.description), "expire_time": .null,
            "last_renewal": entry.lastRenewal.map { .string($0.description) } ?? .null,
            "renewable": .bool(entry.isRenewable), "ttl": .integer(entry.remainingSeconds(at: request.now)),
        ]
        if case .at(let time) = entry.expiry { data["expire_time"] = .string(time.description) }
        return .data(data)
    }

    @Sendable private func listLeases(_ request: EngineRequest) async throws(EngineError) -> EngineResponse {
        let given = request.captures["prefix"]
        let prefix = given.isEmpty ? [] : Self.withSlash(given)
        var names: Set<[UInt8]> = []
        try await running().forEachPageOfTokens { page in
            for (key, entry) in page {
                guard let name = TokenLease(key, entry, at: request.now)?.name(below: prefix) else { continue }
                names.insert(name)
            }
            return true
        }
        return .names(names.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Sendable private func renewLease(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let lease = try lease(request, transaction)
        let increment = try request.input.seconds("increment")
        guard let lease else { throw .invalid("lease not found") }
        guard lease.entry.isLease else { throw .invalid("tokens cannot be renewed through this endpoint") }
        let seconds = try running().tokens.renew(lease, increment: increment, transaction, now: request.now)
        var response = EngineResponse(.none, status: 200, leaseDuration: seconds)
        response.leaseID = String(decoding: lease.id, as: UTF8.self)
        response.isRenewable = true
        return response
    }

    @Sendable private func revokeLease(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let lease = try lease(request, transaction)
        let isSynchronous = try request.input.bool("sync") ?? false
        // A lease that is not there, or not any more, is what was asked for.
        if let lease { try running().tokens.revokeTree(lease.key, transaction) }
        return isSynchronous ? .noContent : EngineResponse(status: 202)
    }

    @Sendable private func tidyLeases(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        EngineResponse(
            status: 202,
            warnings: [
                "Tidy operation successfully started. Any information from the operation will be printed to the "
                    + "server's logs."
            ])
    }

    @Sendable private func countIrrevocable(_ request: EngineRequest, _ transaction: Transaction)
        throws(EngineError) -> EngineResponse
    {
        try requireIrrevocable(request)
        return .data(["lease_count": 0, "counts": [:]])
    }

    @Sendable private func listIrrevocable(_ request: EngineRequest, _ transaction: Transaction)
        throws(EngineError) -> EngineResponse
    {
        try requireIrrevocable(request)
        return .data(["lease_count": 0, "leases": []])
    }

    private func requireIrrevocable(_ request: EngineRequest) throws(EngineError) {
        guard try request.input.string("type")?.bytesEqual(to: "irrevocable") ?? false else {
            throw .invalid("the type of leases must be \"irrevocable\"")
        }
    }

    /// The lease that a request names in its body or path; `nil` when there is no such lease.
    private func lease(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> TokenLease? {
        let given = Array((try request.input.string("lease_id") ?? "").utf8)
        let id = given.isEmpty ? request.captures["lease_id"] : given
        guard !id.isEmpty else { throw .invalid("lease_id must be specified") }
        return try TokenLease.find(id, in: running().tokens, transaction, now: request.now)
    }

    @Sendable private func revokePrefix(_ request: EngineRequest) async throws(EngineError) -> EngineResponse {
        let prefix = Self.withSlash(request.captures["prefix"])
        guard !request.captures["prefix"].isEmpty else { throw .invalid("prefix must be specified") }
        let isSynchronous = try request.input.bool("sync") ?? true
        // Those that never expire have no lease and stay.
        try await running().revokeTokens { entry in
            entry.expiry != .never && (Array(entry.path.utf8) + [UInt8(ascii: "/")]).starts(with: prefix)
        }
        return isSynchronous ? .noContent : EngineResponse(status: 202)
    }
}
