import EngineKit
import Notation

extension ApplicationEngine {
    /// POST `api/featureflags/:name/evaluate {context?, environment?}`.
    static func evaluateFlag(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let (context, environment) = try asking.body(["context", "environment"]) { body throws(ModelError) in
            (body["context"]?.json ?? [:], try body["environment"]?.name())
        }
        let place = FlagPlace(
            name: try asking.name("name"), environment: try asking.servedEnvironment(environment))
        let response = try request.vault.ask(
            .update, Array(place.path("evaluate").utf8), Input(members: ["context": context]), transaction)
        // That nobody has such a flag is an answer, which counts like any other.
        if response.status ?? 200 >= 400 { return response }
        return .raw(EvaluatedFlag.object(response.dataObject ?? [:]))
    }
}

/// What someone gets of a flag, as this door tells it.
enum EvaluatedFlag {
    /// The members of an answer.
    ///
    /// - Parameter data: the evaluation as `flags/` tells it.
    static func object(_ data: JSONObject) -> JSONObject {
        let reason = data["reason"] ?? .null
        let isDisabled = reason.stringValue?.bytesEqual(to: "DISABLED") ?? false
        var evaluated: JSONObject = [
            "name": data["key"] ?? .null,
            "enabled": .bool(data["value"]?.boolValue ?? (data["value"] != nil && !isDisabled)),
            "variation": data["variation"] ?? .null, "value": data["value"] ?? .null, "reason": reason,
        ]
        if let code = data["error_code"] { evaluated["errorCode"] = code }
        return evaluated
    }
}
