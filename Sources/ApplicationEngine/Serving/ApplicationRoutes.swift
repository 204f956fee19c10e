import EngineKit
import Notation

extension ApplicationEngine {
    /// GET `api/app/config?service=&environment=&instance=`: the effective configuration, and the flags for clients.
    ///
    /// What the token may not evaluate is left out; configuration it may not read is refused.
    static func readApplication(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let (service, wanted, instance) = try asking.query { query throws(ModelError) in
            guard let service = try query.name("service") else {
                throw ModelError(path: "service", problem: "is missing")
            }
            return (service, try query.name("environment"), try query.name("instance"))
        }
        let environment = try asking.servedEnvironment(wanted)
        var place = JSONObject()
        if let environment { place["env"] = .string(environment) }
        if let instance { place["instance"] = .string(instance) }
        let configuration = try asking.answer(.read, "config/effective/\(service)", place)
        guard case .rendered(let document) = configuration.body else {
            throw .internalError("effective configuration is not rendered")
        }
        let found = try clientFlags(service, environment, instance, asking)
        if case .absent = found, let environment,
            !(try asking.configurationKnows(environment, service: service, place))
        {
            throw .status(404, ["no environment named \"\(environment)\""])
        }
        let flags = Self.rendered(found)
        let tag = Self.tag(configuration.entityTag ?? "", flags)
        guard !EntityTag.isKnown(tag, to: request.knownTags) else {
            var response = EngineResponse(.raw(contentType: "", []), status: 304)
            response.entityTag = tag
            return response
        }
        // The document is put in as it was rendered, which is most of the answer.
        var body: [UInt8] = []
        body.reserveCapacity(document.count + flags.count + 32)
        body += #"{"config":"#.utf8
        body += document
        body += #","flags":"#.utf8
        body += flags
        body.append(UInt8(ascii: "}"))
        var response = EngineResponse(.raw(contentType: "application/json", body))
        response.entityTag = tag
        return response
    }

    /// The flags that clients may see, evaluated for the instance; absent in an environment that flags do not know.
    private static func clientFlags(
        _ service: String, _ environment: String?, _ instance: String?, _ asking: Asking
    ) throws(EngineError) -> Finding {
        var context: JSONObject = ["targetingKey": .string(instance ?? service), "service": .string(service)]
        if let environment { context["environment"] = .string(environment) }
        if let instance { context["instance"] = .string(instance) }
        return try asking.finding(
            .update, "flags/evaluate/\(environment ?? DefaultEnvironment.ofFlags)",
            ["context": .object(context), "client_visible": true])
    }

    /// Evaluated flags as JSON by their names.
    private static func rendered(_ found: Finding) -> [UInt8] {
        let flags = (found.object?["flags"]?.arrayValue ?? []).map { flag in
            var evaluated = EvaluatedFlag.object(flag.objectValue ?? [:])
            evaluated["name"] = nil
            return JSONObject.Member(name: flag["key"]?.stringValue ?? "", value: .object(evaluated))
        }
        return JSON.object(JSONObject(flags)).serialized()
    }

    private static func tag(_ configuration: String, _ flags: [UInt8]) -> String {
        var hash = BLAKE2b256()
        hash.update(configuration)
        hash.update(0)
        hash.update(flags.span)
        return "\"\(Hexadecimal.encode(Array(hash.finish().bytes.prefix(16))))\""
    }
}
