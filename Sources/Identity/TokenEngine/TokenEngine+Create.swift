import EngineKit
import Notation

extension TokenEngine {
    @Sendable func create(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let draft = try TokenDraft(reading: request)
        return try create(draft, role: nil, isOrphan: draft.wantsNoParent, request, transaction)
    }

    @Sendable func createOrphan(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        var draft = try TokenDraft(reading: request)
        // The permission for this path is the permission to make orphans; `sudo` is not asked for again.
        draft.wantsNoParent = false
        return try create(draft, role: nil, isOrphan: true, request, transaction)
    }

    @Sendable func createWithRole(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let name = request.captures["role_name"]
        guard let role = try role(name, transaction) else {
            throw .invalid("unknown role \(String(decoding: name, as: UTF8.self))")
        }
        var draft = try TokenDraft(reading: request)
        draft.wantsNoParent = false
        return try create(draft, role: role, isOrphan: role.isOrphan, request, transaction)
    }

    private func create(
        _ draft: TokenDraft, role: TokenRole?, isOrphan: Bool, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let parent = try callerEntry(request, transaction)
        try draft.checkPrivileges(request.caller)
        try draft.checkEntityAlias(role)
        let limits = RoleLimits(draft, role)
        var warnings = limits.warnings
        var entry = TokenEntry()
        entry.type = try type(of: draft, role: role)
        entry.policies = try TokenPolicyChoice(draft: draft, role: role, parent: parent, caller: request.caller)
            .policies()
        if request.caller.tokenType == .service, !isOrphan {
            entry.parent = callerKey(request)
            try tokens.checkGenerations(above: entry, transaction)
        }
        entry.path = path(role: role, request)
        entry.displayName = draft.displayName
        entry.metadata = draft.metadata
        entry.creationTime = request.now
        entry.explicitMaxTTL = limits.explicitMaxTTL
        if entry.explicitMaxTTL > request.mount.maxLeaseTTL {
            warnings.append(
                "Explicit max TTL of \(entry.explicitMaxTTL) seconds is greater than system mount allowed value of "
                    + "\(request.mount.maxLeaseTTL) seconds; value is being capped to the latter")
            entry.explicitMaxTTL = request.mount.maxLeaseTTL
        }
        entry.period = limits.period
        entry.remainingUses = limits.numUses > 0 ? limits.numUses : nil
        entry.isRenewable = entry.type == .service && draft.isRenewable && (role?.isRenewable ?? true)
        entry.role = role?.name ?? ""
        // A child is bound to the networks of its parent: a narrower token must not be the way around them.
        entry.boundCIDRs = role.map(\.boundCIDRs).flatMap { $0.isEmpty ? nil : $0 } ?? parent.boundCIDRs
        warnings += setLifetime(of: &entry, draft, request)
        warnings += try self.warnings(about: entry.policies, transaction)
        if entry.type == .batch {
            if entry.isRoot { throw .invalid("batch tokens cannot be root tokens") }
            // A role may limit uses or be periodic while the caller chose the type; nobody could keep count.
            if entry.remainingUses != nil || entry.period > 0 {
                throw .invalid("batch tokens cannot be periodic or have a limit of uses")
            }
            let token = try tokens.createBatch(entry)
            return EngineResponse(warnings: warnings, auth: auth(entry, token, request))
        }
        let made = try tokens.create(entry, id: draft.id, transaction, random: request.random)
        return EngineResponse(warnings: warnings, auth: auth(made.entry, made.token, request))
    }

    private func callerEntry(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> TokenEntry {
        guard let found = try tokens.find(request.caller.token, transaction, now: request.now) else {
            throw .permissionDenied(reason: "the caller's token is gone")
        }
        if found.entry.type == .batch { throw .invalid("batch tokens cannot create more tokens") }
        if found.entry.remainingUses != nil { throw .invalid("restricted use token cannot generate child tokens") }
        return found.entry
    }

    private func type(of draft: TokenDraft, role: TokenRole?) throws(EngineError) -> Caller.TokenType {
        let type: Caller.TokenType =
            switch role?.tokenType {
            case "batch": .batch
            case "service": .service
            case "default-batch": draft.type ?? .batch
            default: draft.type ?? .service
            }
        if type == .batch, draft.period > 0 || draft.numUses > 0 || draft.explicitMaxTTL > 0 || draft.id != nil {
            throw .invalid("batch tokens cannot have an id, a period, an explicit max TTL or a limit of uses")
        }
        return type
    }

    private func path(role: TokenRole?, _ request: EngineRequest) -> String {
        guard let role else { return "auth/token/\(String(decoding: request.path, as: UTF8.self))" }
        let path = "auth/token/create/\(role.name)"
        return role.pathSuffix.utf8.isEmpty ? path : "\(path)/\(role.pathSuffix)"
    }

    private func setLifetime(of entry: inout TokenEntry, _ draft: TokenDraft, _ request: EngineRequest) -> [String] {
        if entry.isRoot, draft.ttl == 0, entry.period == 0, entry.explicitMaxTTL == 0 {
            entry.isRenewable = false
            return []
        }
        let lifetime = TokenLifetime(
            requested: draft.ttl, mountDefault: request.mount.defaultLeaseTTL, mountMax: request.mount.maxLeaseTTL,
            explicitMax: entry.explicitMaxTTL, period: entry.period)
        let grant = lifetime.grant(created: request.now, now: request.now)
        entry.creationTTL = grant.seconds
        entry.expiry = .at(request.now.adding(seconds: grant.seconds))
        return grant.warnings
    }

    private func auth(_ entry: TokenEntry, _ token: String, _ request: EngineRequest) -> AuthGrant {
        grantBlock(entry, token: token, seconds: entry.remainingSeconds(at: request.now))
    }
}
