import EngineKit
import Notation

extension TokenEngine {
    @Sendable func lookup(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let token = try namedToken(request) else { return try lookupSelf(request, transaction) }
        guard let found = try tokens.find(token, transaction, now: request.now) else {
            throw .status(403, ["bad token"])
        }
        return .data(describe(found.entry, id: String(decoding: token, as: UTF8.self), at: request.now))
    }

    @Sendable func lookupSelf(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let token = request.caller.token
        guard let found = try tokens.find(token, transaction, now: request.now) else {
            throw .status(403, ["bad token"])
        }
        return .data(describe(found.entry, id: String(decoding: token, as: UTF8.self), at: request.now))
    }

    @Sendable func lookupAccessor(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let accessor = try namedAccessor(request)
        guard let found = try tokens.find(accessor: accessor, transaction, now: request.now) else {
            throw .invalid("invalid accessor")
        }
        return .data(describe(found.entry, id: "", at: request.now))
    }

    /// The fields of a lookup, as Vault names them.
    private func describe(_ entry: TokenEntry, id: String, at now: Timestamp) -> JSONObject {
        var data: JSONObject = [
            "accessor": .string(entry.accessor), "creation_time": .integer(entry.creationTime.seconds),
            "creation_ttl": .integer(entry.creationTTL), "display_name": .string(entry.displayName),
            "entity_id": .string(entry.entityID), "expire_time": .null,
            "explicit_max_ttl": .integer(entry.explicitMaxTTL), "id": .string(id),
            "meta": entry.metadata.map { pairs in
                .object(JSONObject(pairs.map { .init(name: $0.name, value: .string($0.value)) }))
            } ?? .null,
            "num_uses": .integer(entry.remainingUses ?? 0), "orphan": .bool(entry.isOrphan),
            "path": .string(entry.path), "policies": .strings(entry.policies),
            "ttl": .integer(entry.remainingSeconds(at: now)), "type": .string(entry.type.rawValue),
        ]
        if case .at(let time) = entry.expiry {
            data["expire_time"] = .string(time.description)
        }
        if entry.expiry != .never || !entry.isRoot || entry.path != "auth/token/root" {
            data["issue_time"] = .string(entry.creationTime.description)
            data["renewable"] = .bool(entry.isRenewable)
        }
        if let renewal = entry.lastRenewal {
            data["last_renewal"] = .string(renewal.description)
            data["last_renewal_time"] = .integer(renewal.seconds)
        }
        if entry.period > 0 { data["period"] = .integer(entry.period) }
        if !entry.role.utf8.isEmpty { data["role"] = .string(entry.role) }
        if !entry.boundCIDRs.isEmpty { data["bound_cidrs"] = .strings(entry.boundCIDRs) }
        return data
    }
}
