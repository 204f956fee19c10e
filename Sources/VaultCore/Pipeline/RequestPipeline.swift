import Audit
import EngineKit
import Identity
import Notation
import PolicyEngine

/// The life of a request, from a canonical path and a token to an answer (DESIGN: "a request's life").
///
/// Everything up to the handler's result is a synchronous function over one transaction; only loading records,
/// committing and writing audit entries is waited for.
struct RequestPipeline: Sendable {
    /// The snapshot the request works on.
    let running: Running
    /// Called after a commit that changed mounts, policies, audit devices or settings; returns when they are in force.
    let reload: @Sendable () async -> Void

    /// Serves a request.
    func handle(_ request: VaultRequest, now: Timestamp) async -> VaultResponse {
        let admission: Admission
        do throws(EngineError) {
            admission = try await running.transactor.run { transaction throws(EngineError) in
                try admit(request, now, transaction)
            }.answer
        } catch {
            return VaultResponse(error)
        }
        let audited = describe(request, admission, now)
        let isLastUse: Bool
        do throws(EngineError) {
            try await recordRequest(audited, isRefused: admission.refusal != nil)
            isLastUse = try await spendUse(admission, now)
        } catch {
            return VaultResponse(error)
        }
        let response = await execute(request, admission, audited, now)
        if isLastUse { await revokeSpent(admission) }
        return response
    }

    /// Steps 8 to 11: run the handler, record the answer, do what is only done once it is recorded, render it.
    private func execute(
        _ request: VaultRequest, _ admission: Admission, _ audited: AuditedRequest, _ now: Timestamp
    ) async -> VaultResponse {
        var answered = AuditedResponse()
        var act: StagedAnswer.Act?
        let rendered: VaultResponse
        do throws(EngineError) {
            if let refusal = admission.refusal {
                answered.error = refusal.reason
                rendered = refusal.response
            } else {
                let staged = try await run(request, admission, now)
                act = staged.act
                answered.note(staged.response)
                rendered = ResponseEnvelope(
                    requestID: request.id, mountType: admission.mounted?.entry.type ?? ""
                ).render(staged.response)
            }
        } catch {
            answered.error = error.auditText
            rendered = VaultResponse(error)
        }
        do throws(AuditError) {
            try await running.audit.record(audited, answered: answered)
        } catch {
            return .unrecorded
        }
        guard let act else { return rendered }
        do throws(EngineError) {
            try await act()
        } catch {
            await recordFailure(error, audited)
            return VaultResponse(error)
        }
        return rendered
    }

    /// Records that an answer, which was recorded already, did not become true and was not sent.
    private func recordFailure(_ error: EngineError, _ audited: AuditedRequest) async {
        var answered = AuditedResponse()
        answered.error = error.auditText
        // Without this record the one of the answer claims more than has happened, never less.
        _ = try? await running.audit.record(audited, answered: answered)
    }

    private func run(
        _ request: VaultRequest, _ admission: Admission, _ now: Timestamp
    ) async throws(EngineError) -> StagedAnswer {
        if request.verb == .help { return StagedAnswer(HelpText.answer(admission)) }
        guard let handler = admission.handler, let engineRequest = engineRequest(request, admission, now) else {
            throw .unsupportedOperation
        }
        let wrapping = ResponseWrapping(request, admission, running, now)
        switch handler {
        case .control(let serve):
            return StagedAnswer(try await wrapped(try admission.shown(try await serve(engineRequest)), wrapping))
        case .staged(let serve):
            let staged = try await serve(engineRequest)
            return StagedAnswer(try await wrapped(try admission.shown(staged.response), wrapping), act: staged.act)
        case .transactional(let serve):
            let outcome = try await running.transactor.run { transaction throws(EngineError) in
                let answer = try admission.shown(try serve(engineRequest, transaction))
                let served = Self.warned(answer, request, admission)
                let response = try wrapping?.apply(to: served, transaction) ?? served
                try requireLivingToken(admission, transaction)
                return response
            }
            // What was too much for one commit ends before the caller hears of it.
            if outcome.systemKinds.contains(TokenRecords.ended) { try await running.finishRevocations() }
            if !outcome.systemKinds.isDisjoint(with: SystemRecords.projected) { await reload() }
            return StagedAnswer(outcome.answer)
        }
    }

    /// An answer that no transaction goes with, kept back when it is to be wrapped.
    private func wrapped(
        _ response: EngineResponse, _ wrapping: ResponseWrapping?
    ) async throws(EngineError) -> EngineResponse {
        guard let wrapping else { return response }
        return try await running.transactor.run { transaction throws(EngineError) in
            try wrapping.apply(to: response, transaction)
        }.answer
    }

    /// An answer with a warning of what the caller sent in vain; an answer without a body stays one.
    private static func warned(
        _ response: EngineResponse, _ request: VaultRequest, _ admission: Admission
    ) -> EngineResponse {
        guard request.verb == .write || request.verb == .patch, let route = admission.match?.entry.route else {
            return response
        }
        if case .none = response.body, response.auth == nil { return response }
        let unknown = route.unknownFields(of: admission.input)
        let replaced = route.fieldsOfThePath(in: admission.input)
        var response = response
        if !unknown.isEmpty {
            let names = unknown.joined(separator: " ")
            response.warnings.append("Endpoint ignored these unrecognized parameters: [\(names)]")
        }
        if !replaced.isEmpty {
            let names = replaced.joined(separator: " ")
            response.warnings.append(
                "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: "
                    + "[\(names)]")
        }
        return response
    }

    /// Makes a write conditional on the caller's token: one that is revoked meanwhile commits nothing. What it writes
    /// for itself alone is noted, so that it ends with the token.
    private func requireLivingToken(_ admission: Admission, _ transaction: Transaction) throws(EngineError) {
        guard transaction.hasWrites else { return }
        // A batch token is stored nowhere; it lives as long as its parent.
        let holder =
            admission.caller.tokenKey.isEmpty
            ? Array((admission.holder?.entry.parent ?? "").utf8) : admission.caller.tokenKey
        guard !holder.isEmpty else { return }
        let key = TokenRecords.token(String(decoding: holder, as: UTF8.self))
        guard try transaction.stored(key) != nil else { throw .permissionDenied(reason: "the token was revoked") }
        let realm = admission.mounted?.context.realm
        if running.tokens.belongings.contains(where: { $0.realm == realm }) {
            running.tokens.noteDependant(of: String(decoding: holder, as: UTF8.self), transaction)
        }
    }

    func engineRequest(_ request: VaultRequest, _ admission: Admission, _ now: Timestamp) -> EngineRequest? {
        guard let mounted = admission.mounted else { return nil }
        return EngineRequest(
            operation: admission.operation, path: admission.enginePath,
            captures: admission.match?.captures ?? Captures(), input: admission.input, mount: mounted.context,
            caller: admission.caller, wrapTTL: request.secondsToWrap, now: now, random: running.random,
            rights: admission.policies.map { PolicyRights(list: $0, now: now) } ?? NoRights(),
            dialect: request.evaluation == nil ? .vault : .ofrep, knownTags: request.knownTags,
            lastEvent: request.lastEvent, instance: request.instance, arrived: request.arrived,
            vault: InnerRequests.of(admission, running, now))
    }

    private func recordRequest(_ audited: AuditedRequest, isRefused: Bool) async throws(EngineError) {
        do throws(AuditError) {
            try await running.audit.record(audited)
        } catch {
            // A refusal stands even when it cannot be recorded; everything else must not happen unseen.
            if !isRefused { throw .internalError("the request could not be recorded by any audit device") }
        }
    }

    private func spendUse(_ admission: Admission, _ now: Timestamp) async throws(EngineError) -> Bool {
        guard admission.holder?.entry.remainingUses != nil, !admission.caller.tokenKey.isEmpty else { return false }
        // Paths that need no token do not use up one, so that a wrapping token can be looked at with itself.
        if admission.match?.entry.route.isUnauthenticated ?? false { return false }
        let key = String(decoding: admission.caller.tokenKey, as: UTF8.self)
        return try await running.transactor.run { transaction throws(EngineError) in
            try running.tokens.spendUse(key, transaction, now: now)
        }.answer
    }

    private func revokeSpent(_ admission: Admission) async {
        let key = String(decoding: admission.caller.tokenKey, as: UTF8.self)
        // A failure leaves a token that can no longer be used; the sweep of expired tokens removes it.
        _ = try? await running.transactor.run { transaction throws(EngineError) in
            try running.tokens.revokeTree(key, transaction)
        }
    }
}
