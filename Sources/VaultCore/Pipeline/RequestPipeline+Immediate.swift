import Audit
import EngineKit
import Identity
import Notation

extension RequestPipeline {
    /// Serves a read, or an evaluation of flags, for which nothing has to be waited for, by the same steps as `handle`.
    ///
    /// - Returns: `nil` for everything else, writes, refusals and errors among it; nothing has happened then, and
    ///   `handle` serves the request from its beginning.
    func answerNow(_ request: VaultRequest, now: Timestamp) -> ImmediateAnswer? {
        guard request.verb == .read || request.evaluation != nil, request.secondsToWrap == nil else { return nil }
        // A refusal or an error is for `handle` to tell and to record.
        let served = try? running.transactor.runNow { transaction throws(EngineError) -> Served? in
            let admission = try admit(request, now, transaction)
            guard admission.refusal == nil, admission.holder?.entry.remainingUses == nil,
                case .transactional(let serve)? = admission.handler,
                let engineRequest = engineRequest(request, admission, now)
            else { return nil }
            return Served(admission: admission, response: try serve(engineRequest, transaction))
        }
        guard let served = served ?? nil else { return nil }
        switch served.response.body {
        case .events, .later: return nil
        case .none, .data, .rendered, .names, .raw: break
        }
        let rendered = ResponseEnvelope(
            requestID: request.id, mountType: served.admission.mounted?.entry.type ?? ""
        ).render(served.response)
        guard running.audit.isEnabled else { return ImmediateAnswer(response: rendered, recording: nil) }
        var answered = AuditedResponse()
        answered.note(served.response)
        return ImmediateAnswer(
            response: rendered,
            recording: .init(
                audit: running.audit, request: describe(request, served.admission, now), response: answered))
    }

    private struct Served {
        let admission: Admission
        let response: EngineResponse
    }
}
