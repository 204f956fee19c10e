import EngineKit
import Notation

extension TokenEngine {
    @Sendable func renew(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let token = try namedToken(request) else { throw .invalid("missing token ID") }
        return try renew(token, request, transaction)
    }

    @Sendable func renewSelf(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        try renew(request.caller.token, request, transaction)
    }

    @Sendable func renewAccessor(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let accessor = try namedAccessor(request)
        guard let found = try tokens.find(accessor: accessor, transaction, now: request.now) else {
            throw .invalid("invalid accessor")
        }
        return try renew(found, token: "", request, transaction)
    }

    private func renew(
        _ token: [UInt8], _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let found = try tokens.find(token, transaction, now: request.now) else {
            throw .invalid("token not found")
        }
        return try renew(found, token: String(decoding: token, as: UTF8.self), request, transaction)
    }

    private func renew(
        _ found: (key: String, entry: TokenEntry), token: String, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        var entry = found.entry
        guard entry.type == .service else { throw .invalid("batch tokens cannot be renewed") }
        guard entry.isRenewable, case .at = entry.expiry else { throw .invalid("lease is not renewable") }
        let role = try entry.role.utf8.isEmpty ? nil : role(Array(entry.role.utf8), transaction)
        let lifetime = TokenLifetime(
            requested: try request.input.seconds("increment") ?? 0,
            mountDefault: entry.creationTTL > 0 ? entry.creationTTL : request.mount.defaultLeaseTTL,
            mountMax: request.mount.maxLeaseTTL, explicitMax: entry.explicitMaxTTL,
            period: role.flatMap { $0.period > 0 ? $0.period : nil } ?? entry.period)
        let grant = lifetime.grant(created: entry.creationTime, now: request.now)
        // Near the end of its life a token keeps the moment of its death; a renewal never removes the end.
        if grant.seconds > 0 { entry.expiry = .at(request.now.adding(seconds: grant.seconds)) }
        entry.lastRenewal = request.now
        tokens.update(found.key, entry, transaction)
        return EngineResponse(
            warnings: grant.warnings,
            auth: grantBlock(entry, token: token, seconds: max(1, entry.remainingSeconds(at: request.now))))
    }

    /// The `auth` block for a token.
    func grantBlock(_ entry: TokenEntry, token: String, seconds: Int) -> AuthGrant {
        AuthGrant(
            clientToken: token, accessor: entry.accessor, policies: entry.policies, tokenPolicies: entry.policies,
            metadata: entry.metadata, leaseDuration: seconds, isRenewable: entry.isRenewable,
            entityID: entry.entityID, tokenType: entry.type, isOrphan: entry.isOrphan,
            numUses: entry.remainingUses ?? 0, displayName: entry.displayName)
    }
}
