import Notation
import VaultCore

extension VaultResponse {
    /// The answer in OFREP's words: what went wrong before an engine could answer is told as the protocol asks.
    ///
    /// 400 and 404 carry an error code, and the flag's key where one flag was asked for; 401 tells an unknown token
    /// from 403, a known one without the right; everything else has `errorDetails` alone. Details are always a text,
    /// because providers read them without looking whether they are there.
    ///
    /// - Parameter flag: the key that was asked for; `nil` for all flags.
    func inOFREP(flag: [UInt8]?) -> VaultResponse {
        guard let errors else { return self }
        let details = errors.isEmpty ? Self.words(status) : errors.joined(separator: "; ")
        switch status {
        case 400:
            // A body that is JSON but no object, or a context that is none, as pipeline and engine tell it.
            let isContext =
                details.utf8.starts(with: "context: ".utf8)
                || details.utf8.suffix(18).elementsEqual("expected an object".utf8)
            return Self.failure(400, flag, code: isContext ? "INVALID_CONTEXT" : "PARSE_ERROR", details)
        case 404:
            return Self.failure(404, flag, code: flag == nil ? "GENERAL" : "FLAG_NOT_FOUND", details)
        case 403 where lacksToken: return Self.failure(401, nil, code: nil, "a valid token is needed")
        case 403: return Self.failure(403, nil, code: nil, "permission denied")
        default: return Self.failure(status, nil, code: nil, details)
        }
    }

    private static func failure(
        _ status: UInt16, _ flag: [UInt8]?, code: String?, _ details: String
    ) -> VaultResponse {
        var body: JSONObject = [:]
        if let flag { body["key"] = .string(String(decoding: flag, as: UTF8.self)) }
        if let code { body["errorCode"] = .string(code) }
        body["errorDetails"] = .string(details)
        return VaultResponse(status: status, contentType: "application/json", body: JSON.object(body).serialized())
    }

    private static func words(_ status: UInt16) -> String {
        switch status {
        case 404: "not found"
        case 405: "unsupported operation"
        default: "the request could not be served"
        }
    }
}
