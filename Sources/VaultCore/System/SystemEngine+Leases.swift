import EngineKit
import Identity
import Notation

/// Leases. No engine here gives any out, so none can be found; tokens are the only things that a prefix can name.
extension SystemEngine {
    var leaseRoutes: [Route] {
        let renewals = ["leases/renew", "leases/renew/*lease_id", "renew", "renew/*lease_id"]
        let revocations = ["leases/revoke", "leases/revoke/*lease_id", "revoke", "revoke/*lease_id"]
        let prefixes = ["leases/revoke-prefix", "revoke-prefix", "leases/revoke-force", "revoke-force"]
        return [
            Route("leases", "Lists the leases that could not be revoked.").sudo().on(.read, serve: listIrrevocable),
            Route("leases/count", "Counts the leases that could not be revoked.").on(.read, serve: countIrrevocable),
            Route("leases/lookup", "Describes a lease.").on(.update, serve: lookupLease),
            Route("leases/lookup/*prefix", "Lists the leases below a prefix.").sudo().on(.list) { _, _ in .names([]) },
            Route("leases/tidy", "Removes what is left of leases.").on(.update, serve: tidyLeases),
        ]
            + renewals.map { Route($0, "Renews a lease.").on(.update, serve: renewLease) }
            + revocations.map { Route($0, "Revokes a lease.").on(.update, serve: revokeLease) }
            + prefixes.map {
                Route("\($0)/*prefix", "Revokes everything below a prefix.").sudo()
                    .control(.update, serve: revokePrefix)
            }
    }

    @Sendable private func lookupLease(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        try requireLease(request)
        throw .invalid("invalid lease")
    }

    @Sendable private func renewLease(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        try requireLease(request)
        _ = try request.input.seconds("increment")
        throw .invalid("lease not found")
    }

    @Sendable private func revokeLease(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        try requireLease(request)
        return try request.input.bool("sync") ?? false ? .noContent : EngineResponse(status: 202)
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

    private func requireLease(_ request: EngineRequest) throws(EngineError) {
        let given = try request.input.string("lease_id") ?? ""
        guard !given.utf8.isEmpty || !request.captures["lease_id"].isEmpty else {
            throw .invalid("lease_id must be specified")
        }
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
