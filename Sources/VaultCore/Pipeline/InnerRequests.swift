import EngineKit
import Identity
import Notation
import PolicyEngine

/// Requests that a handler makes of other paths in its caller's name, within its own transaction.
///
/// The steps are those of `RequestPipeline.admit`: find mount and route, choose between create and update, ask the ACL
/// with the body's members, run the handler. The token was found alive already, and the commit expects it to be.
struct InnerRequests: VaultAccess {
    /// How deep requests may be nested in requests.
    static let depthLimit = 2
    /// How long a line of parents is followed.
    private static let generationLimit = 64

    let running: Running
    let holder: TokenHolder
    let caller: Caller
    let policies: AccessControlList
    let now: Timestamp
    var depth = 1
    /// Whether the policies are left aside; see `VaultAccess.unchecked`.
    var isUnchecked = false
    /// The instance that asks; see `VaultAccess.standing`.
    var instance: String?

    /// The rights of somebody who is not here: by policies as they are now.
    init(_ running: Running, name: String, policies: [String], _ now: Timestamp) {
        var entry = TokenEntry()
        entry.displayName = name
        entry.policies = policies
        let holder = TokenHolder(key: "", entry: entry)
        self.init(
            running: running, holder: holder, caller: holder.caller([], remoteAddress: ""),
            policies: running.policies.accessControlList(policies, key: holder.policyKey, now: now), now: now)
    }

    private init(
        running: Running, holder: TokenHolder, caller: Caller, policies: AccessControlList, now: Timestamp
    ) {
        self.running = running
        self.holder = holder
        self.caller = caller
        self.policies = policies
        self.now = now
    }

    /// What a request's handler may ask; nothing where its route does not declare to, or nobody was authorised.
    static func of(_ admission: Admission, _ running: Running, _ now: Timestamp) -> any VaultAccess {
        guard admission.match?.entry.route.asksVault ?? false, let holder = admission.holder,
            let policies = admission.policies
        else { return NoVaultAccess() }
        return InnerRequests(running: running, holder: holder, caller: admission.caller, policies: policies, now: now)
    }

    func ask(
        _ operation: Operation, _ path: [UInt8], _ input: Input, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard depth <= Self.depthLimit else { throw .internalError("requests are nested too deep") }
        let admission = try admit(operation, path, input, transaction)
        try decide(admission)
        guard admission.mounted != nil else { throw .status(404, ["no handler for route. route entry not found."]) }
        guard admission.match != nil else { throw .unsupportedPath }
        guard let handler = admission.handler, let request = request(admission) else { throw .unsupportedOperation }
        guard case .transactional(let serve) = handler else { throw Self.notAPart }
        let response = try admission.shown(try serve(request, transaction))
        switch response.body {
        case .events, .later: throw Self.notAPart
        case .none, .data, .rendered, .names, .raw: break
        }
        noteBelongings(admission, transaction)
        return response
    }

    var unchecked: any VaultAccess {
        var access = self
        access.isUnchecked = true
        return access
    }

    func standing(for instance: String) -> any VaultAccess {
        var access = self
        access.instance = instance
        return access
    }

    func mount(serving path: [UInt8]) -> MountContext? { running.mounts.route(path)?.context }

    func origin(_ transaction: Transaction) throws(EngineError) -> String {
        var (key, entry) = (String(decoding: holder.key, as: UTF8.self), holder.entry)
        if key.utf8.isEmpty {
            // A batch token is stored nowhere: all that tells it from others is who made it and for whom.
            guard !entry.isOrphan, let parent = try running.tokens.entry(entry.parent, transaction), !parent.isRoot
            else { return "batch:\(entry.parent):\(entry.displayName)" }
            (key, entry) = (entry.parent, parent)
        }
        for _ in 0..<Self.generationLimit {
            guard !entry.isOrphan, !entry.parent.utf8.isEmpty,
                let parent = try running.tokens.entry(entry.parent, transaction), !parent.isRoot
            else { return key }
            (key, entry) = (entry.parent, parent)
        }
        throw .permissionDenied(reason: "the token has more than \(Self.generationLimit) generations above it")
    }

    func lease(
        for seconds: Int?, from mount: MountContext, path: [UInt8], _ transaction: Transaction
    ) throws(EngineError) -> Lease {
        let wanted = min(seconds ?? mount.defaultLeaseTTL, mount.maxLeaseTTL)
        return try running.tokens.lease(
            to: holder, seconds: wanted, longest: mount.maxLeaseTTL, path: String(decoding: path, as: UTF8.self),
            transaction, now: now, random: running.random)
    }

    func end(ofLease key: String, _ transaction: Transaction) throws(EngineError) -> Timestamp? {
        // An expired token takes its children along before anybody has looked.
        guard let entry = try running.tokens.entry(key, transaction), case .at(let end) = entry.expiry,
            try running.tokens.isInForce(entry, transaction, now: now)
        else { return nil }
        return end
    }

    func revoke(lease key: String, _ transaction: Transaction) throws(EngineError) {
        try running.tokens.revokeTree(key, transaction)
    }

    private func admit(
        _ operation: Operation, _ path: [UInt8], _ input: Input, _ transaction: Transaction
    ) throws(EngineError) -> Admission {
        let checked: RequestPath
        do throws(RequestPath.Fault) {
            checked = try RequestPath(checking: path)
        } catch {
            throw .invalid(error.message)
        }
        let isListing = operation == .list || operation == .scan
        let admission = Admission(operation: operation, path: isListing ? checked.asFolder.bytes : checked.bytes)
        admission.caller = caller
        admission.caller.hasSudo = false
        admission.holder = holder
        admission.policies = policies
        admission.input = input
        admission.mounted = running.mounts.route(admission.path)
        admission.enginePath = Array(admission.path.dropFirst(admission.mounted?.entry.path.count ?? 0))
        admission.match = admission.mounted?.routes.match(admission.enginePath, operation)
        guard operation == .update || operation == .patch else { return admission }
        if path.last == UInt8(ascii: "/") { throw .invalid("cannot write to a path ending in '/'") }
        guard operation == .update, let route = admission.match?.entry.route else { return admission }
        if route.handler(for: .evaluate) != nil {
            admission.operation = .evaluate
        } else if let existence = route.existence, let request = request(admission) {
            admission.operation = try existence(request, transaction) ? .update : .create
        }
        return admission
    }

    private func decide(_ admission: Admission) throws(EngineError) {
        if isUnchecked {
            admission.caller.hasSudo = true
            return
        }
        let route = admission.match?.entry.route
        if route?.isUnauthenticated ?? false || route?.isDelegating ?? false { return }
        let path = admission.path
        let members = admission.input.members
        let decision = policies.decide(
            AccessRequest(
                admission.operation.access, path: path.span, needsSudo: route?.needsSudo ?? false, now: now),
            parameters: { members })
        if case .denied(let reason) = decision { throw .permissionDenied(reason: reason.explanation) }
        admission.caller.hasSudo = decision.hasSudo
        admission.take(decision, now: now)
    }

    private func request(_ admission: Admission) -> EngineRequest? {
        guard let mounted = admission.mounted else { return nil }
        var inner = self
        inner.depth += 1
        // What is looked at ahead asks others by the caller's rights: a secret that a value refers to, for example.
        inner.isUnchecked = false
        return EngineRequest(
            operation: admission.operation, path: admission.enginePath,
            captures: admission.match?.captures ?? Captures(), input: admission.input, mount: mounted.context,
            caller: admission.caller, now: now, random: running.random,
            rights: isUnchecked ? AllRights() : PolicyRights(list: policies, now: now), instance: instance,
            vault: admission.match?.entry.route.asksVault ?? false ? inner : NoVaultAccess())
    }

    /// What a token writes for itself alone is noted, so that it ends with the token.
    private func noteBelongings(_ admission: Admission, _ transaction: Transaction) {
        guard !holder.key.isEmpty, admission.operation != .read, admission.operation != .list,
            running.tokens.belongings.contains(where: { $0.realm == admission.mounted?.context.realm })
        else { return }
        running.tokens.noteDependant(of: String(decoding: holder.key, as: UTF8.self), transaction)
    }

    private static let notAPart = EngineError.invalid("the path cannot be asked as a part of another request")
}
