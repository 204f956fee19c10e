import EngineKit
import Identity
import Notation
import PolicyEngine

extension RequestPipeline {
    /// Steps 2 to 5: find the caller, the mount and route, the operation, and decide.
    ///
    /// It throws only for the store's sake; a refusal is part of the result, because it is audited like everything
    /// else.
    func admit(
        _ request: VaultRequest, _ now: Timestamp, _ transaction: Transaction
    ) throws(EngineError) -> Admission {
        let admission = Admission(operation: request.verb.operation, path: request.canonicalPath)
        try identify(request, now, transaction, admission)
        if let evaluation = request.evaluation {
            guard let path = evaluation.path(for: admission.holder) else {
                admission.refuse(.deniedByPolicy, "the token's metadata names no environment")
                return admission
            }
            admission.path = path
        }
        admission.mounted = running.mounts.route(admission.path)
        admission.enginePath = Array(admission.path.dropFirst(admission.mounted?.entry.path.count ?? 0))
        admission.match = admission.mounted?.routes.match(admission.enginePath, admission.operation)
        let isUnauthenticated = admission.match?.entry.route.isUnauthenticated ?? false
        guard admission.holder != nil || isUnauthenticated else {
            admission.refuse(
                request.opensItsOwnToken ? .noSuchWrappingToken : .permissionDenied,
                "missing, unknown, expired or revoked token")
            return admission
        }
        do throws(EngineError) {
            admission.input = try RequestInput.read(
                request, isAuthenticated: admission.holder != nil,
                queryFields: admission.match?.entry.route.queryFields ?? [],
                readsBodyOfDeletions: admission.match?.entry.route.readsBodyOfDeletions ?? false)
            try chooseOperation(request, now, transaction, admission)
        } catch {
            if case .invalid = error {
                admission.refuse(VaultResponse(error), error.auditText)
                return admission
            }
            throw error
        }
        if !isUnauthenticated { decide(request, now, admission) }
        if admission.refusal == nil { refuseWhatIsNotThere(request, admission) }
        return admission
    }

    /// Step 2: the token's entry, if it lives and may be used from the client's address.
    private func identify(
        _ request: VaultRequest, _ now: Timestamp, _ transaction: Transaction, _ admission: Admission
    ) throws(EngineError) {
        admission.caller.remoteAddress = request.remoteAddress
        guard let token = request.token,
            let holder = try running.tokens.holder(of: token.bytes, transaction, now: now),
            holder.entry.hasUsesLeft, holder.entry.allows(address: request.remoteAddress)
        else { return }
        admission.holder = holder
        admission.caller = holder.caller(token.bytes, remoteAddress: request.remoteAddress)
    }

    /// Step 4: a write is a creation when the route can tell that nothing is there yet.
    private func chooseOperation(
        _ request: VaultRequest, _ now: Timestamp, _ transaction: Transaction, _ admission: Admission
    ) throws(EngineError) {
        guard request.verb == .write || request.verb == .patch else { return }
        if admission.path.last == UInt8(ascii: "/") { throw .invalid("cannot write to a path ending in '/'") }
        guard request.verb == .write else { return }
        if admission.match?.entry.route.handler(for: .evaluate) != nil { return admission.operation = .evaluate }
        guard let existence = admission.match?.entry.route.existence,
            let engineRequest = engineRequest(request, admission, now)
        else { return }
        admission.operation = try existence(engineRequest, transaction) ? .update : .create
    }

    /// Step 5: ask the ACL.
    private func decide(_ request: VaultRequest, _ now: Timestamp, _ admission: Admission) {
        let list = running.policies.accessControlList(
            admission.caller.policies, key: admission.holder?.policyKey ?? [], now: now)
        admission.policies = list
        // What its handlers ask in the caller's name is decided there.
        if admission.match?.entry.route.isDelegating ?? false { return }
        let input = admission.input
        let operation = admission.operation.access
        let path = admission.path
        let decision = list.decide(
            AccessRequest(
                operation, path: path.span, needsSudo: admission.match?.entry.route.needsSudo ?? false,
                wrapTTLSeconds: request.wrapTTL, now: now), parameters: { input.members })
        admission.caller.hasSudo = decision.hasSudo
        admission.take(decision, now: now)
        switch decision {
        case .allowed(by: .root): admission.grantingPolicies = ["root"]
        case .allowed(by: .help): break
        case .allowed(by: .rule(let rule)):
            admission.grantingPolicies = operation.requiredCapability.map { rule.policies(granting: $0) } ?? []
        case .denied(let reason): admission.refuse(.deniedByPolicy, "permission denied: \(reason.explanation)")
        }
    }

    /// What nobody serves is told only to those whose policies reach it.
    private func refuseWhatIsNotThere(_ request: VaultRequest, _ admission: Admission) {
        if admission.mounted == nil {
            let path = String(decoding: admission.path, as: UTF8.self)
            admission.refuse(
                .errors(404, ["no handler for route \"\(path)\". route entry not found."]), "no handler for route")
        } else if request.verb == .help {
            return
        } else if admission.match == nil {
            admission.refuse(VaultResponse(EngineError.unsupportedPath), "unsupported path")
        } else if admission.handler == nil {
            var response = VaultResponse(EngineError.unsupportedOperation)
            response.supported = (admission.match?.route.handlers.keys).map { Array($0) }
            admission.refuse(response, "unsupported operation")
        }
    }
}

extension Admission {
    /// Ends the request's way here.
    func refuse(_ response: VaultResponse, _ reason: String) {
        refusal = Refusal(response: response, reason: reason)
    }
}

extension TokenEntry {
    /// Whether the token may be used from an address.
    func allows(address: String) -> Bool {
        boundCIDRs.isEmpty || boundCIDRs.contains { AddressRange(parsing: $0)?.contains(address) ?? false }
    }
}

extension VaultRequest {
    /// The path that mount, ACL and engine see: listings end in a slash.
    var canonicalPath: [UInt8] {
        switch verb {
        case .list, .scan: path.asFolder.bytes
        case .read, .write, .patch, .delete, .help: path.bytes
        }
    }
}

extension VaultRequest.Verb {
    /// The operation before existence is known.
    var operation: Operation {
        switch self {
        case .read: .read
        case .write: .update
        case .patch: .patch
        case .delete: .delete
        case .list: .list
        case .scan: .scan
        case .help: .help
        }
    }
}

extension Operation {
    /// The operation in the policy engine's words.
    var access: AccessOperation {
        switch self {
        case .create: .create
        case .read: .read
        case .update: .update
        case .patch: .patch
        case .delete: .delete
        case .list: .list
        case .scan: .scan
        case .help: .help
        case .evaluate: .evaluate
        }
    }
}
