import Audit
import EngineKit
import Identity
import Notation

extension RequestPipeline {
    /// What audit is told of a request.
    func describe(_ request: VaultRequest, _ admission: Admission, _ now: Timestamp) -> AuditedRequest {
        var audited = AuditedRequest(
            id: request.id, time: now, operation: admission.operation, path: admission.path,
            caller: admission.caller, isAllowed: admission.refusal == nil, remotePort: request.remotePort,
            headers: request.auditedHeaders.map { header in
                let isHashed = running.auditedHeaders.first { $0.name.bytesEqual(to: header.name) }?.isHashed ?? true
                return (header.name, header.value, isHashed)
            })
        if admission.caller.token.isEmpty, let token = request.token { audited.caller.token = token.bytes }
        audited.data = dataText(admission.input)
        audited.mount = admission.mounted?.context
        audited.isAuthMount = admission.mounted?.entry.isAuth ?? false
        audited.grantingPolicies = admission.grantingPolicies
        audited.wrapTTL = request.wrapTTL
        audited.clearRequestKeys = admission.mounted?.entry.tuning.auditNonHMACRequestKeys ?? []
        audited.clearResponseKeys = admission.mounted?.entry.tuning.auditNonHMACResponseKeys ?? []
        audited.error = admission.refusal?.reason
        audited.token = (admission.holder?.entry).map {
            AuditedToken(numUses: $0.remainingUses ?? 0, ttl: $0.creationTTL, issueTime: $0.creationTime)
        }
        return audited
    }

    private func dataText(_ input: Input) -> [UInt8] {
        if !input.body.isEmpty { return input.body }
        return input.members.members.isEmpty ? [] : JSON.object(input.members).serialized()
    }
}

extension AuditedResponse {
    /// Takes in what an engine answered.
    mutating func note(_ response: EngineResponse) {
        switch response.body {
        case .none, .events, .later: break
        case .raw(_, let bytes): data = bytes
        case .rendered(let bytes): data = bytes
        case .data, .names: data = ResponseEnvelope.data(of: response)
        }
        auth = response.auth
        wrapInfo = response.wrapInfo
        warnings = response.warnings
    }
}
