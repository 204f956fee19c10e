import EngineKit
import Identity
import Notation

/// Keeps an answer back and gives the client a wrapping token instead, which fetches the answer once.
///
/// It works within the transaction of the handler: what the handler wrote, the token and the kept answer become
/// durable together or not at all.
struct ResponseWrapping: Sendable {
    private let seconds: Int
    private let path: String
    private let envelope: ResponseEnvelope
    private let wrapsLoginsOnly: Bool
    private let running: Running
    private let now: Timestamp

    /// Prepares for a request; `nil` when it does not ask for its answer to be wrapped.
    init?(_ request: VaultRequest, _ admission: Admission, _ running: Running, _ now: Timestamp) {
        guard let wanted = request.secondsToWrap else { return nil }
        var longest = running.limits.maxLeaseTTL
        // What a batch token makes does not outlive it (CVE-2020-25816).
        if admission.caller.tokenType == .batch, let entry = admission.holder?.entry {
            longest = min(longest, max(1, entry.remainingSeconds(at: now)))
        }
        seconds = min(wanted, longest)
        path = String(decoding: admission.path, as: UTF8.self)
        envelope = ResponseEnvelope(requestID: request.id, mountType: admission.mounted?.entry.type ?? "")
        // Otherwise anybody could have the server store answers without even a token.
        wrapsLoginsOnly = admission.match?.entry.route.isUnauthenticated ?? true
        self.running = running
        self.now = now
    }

    /// The answer with its wrapping token; as it was when it is not one to wrap: empty, an error, without the
    /// envelope, or wrapped already.
    func apply(to response: EngineResponse, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard response.wrapInfo == nil, !wrapsLoginsOnly || response.auth != nil else { return response }
        switch response.body {
        case .raw, .events, .later: return response
        case .none, .data, .rendered, .names: break
        }
        let rendered = envelope.render(response)
        guard (200..<300).contains(rendered.status), !rendered.body.isEmpty else { return response }
        var wrapped = response
        wrapped.wrapInfo = try running.tokens.wrap(
            rendered.body, path: path, seconds: seconds, transaction, now: now, random: running.random)
        wrapped.wrapInfo?.wrappedAccessor = response.auth?.accessor ?? ""
        return wrapped
    }
}

extension VaultResponse {
    /// What a client hears whose wrapping token is unknown, expired or used; the same whatever was wrong.
    static let noSuchWrappingToken = VaultResponse(EngineError.noSuchWrappingToken)
}

extension EngineError {
    /// The answer to a wrapping token that is unknown, expired, used, or none at all.
    static let noSuchWrappingToken = EngineError.invalid("wrapping token is not valid or does not exist")
}

extension VaultRequest {
    /// For how many seconds the answer is to be wrapped; `nil` for no wrapping.
    var secondsToWrap: Int? { wrapTTL.flatMap { $0 > 0 ? $0 : nil } }

    /// Whether the request presents its own token as the wrapping token to open.
    var opensItsOwnToken: Bool {
        guard verb == .write, token != nil, path.bytes.elementsEqual("sys/wrapping/unwrap".utf8) else { return false }
        // What cannot be read names no other token either.
        return (try? RequestInput.read(self, isAuthenticated: false))?.has("token") != true
    }
}
