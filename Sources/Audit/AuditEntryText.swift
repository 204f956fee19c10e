import EngineKit
import Notation

/// The JSON text of an entry, in the members and order that Vault's readers know; empty members are left out.
struct AuditEntryText {
    /// Hashes what is secret.
    let redactor: Redactor
    /// Whether accessors are hashed too.
    let hashesAccessors: Bool
    /// Whether the names of a listing are replaced by their count.
    let elidesListings: Bool

    /// Who asked lately, with what is written of them.
    let knownCallers = HashedCallers()

    /// The entry of a request, without its closing brace.
    func request(_ request: AuditedRequest) -> [UInt8] {
        open("request", request, core(request), error: request.error)
    }

    /// The entry of an answer, without its closing brace.
    func response(_ request: AuditedRequest, _ response: AuditedResponse) -> [UInt8] {
        self.response(request, core(request), response)
    }

    /// Both entries, without their closing braces; what they have in common is made once.
    func both(_ request: AuditedRequest, _ response: AuditedResponse) -> [[UInt8]] {
        let core = core(request)
        return [
            open("request", request, core, error: request.error), self.response(request, core, response),
        ]
    }

    private func response(_ request: AuditedRequest, _ core: [UInt8], _ response: AuditedResponse) -> [UInt8] {
        var text = open("response", request, core, error: response.error ?? request.error)
        text.append(literal: #","response":"#)
        return answered(response, request, after: text)
    }

    private func open(_ type: StaticString, _ request: AuditedRequest, _ core: [UInt8], error: String?) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(core.count + 1024)
        text.append(literal: #"{"time":""#)
        request.time.append(to: &text)
        text.append(literal: #"","type":""#)
        text.append(literal: type)
        text.append(literal: #"","#)
        text += core
        if let error {
            text.append(literal: #","error":"#)
            text.appendJSONString(error)
        }
        return text
    }

    /// The members `auth` and `request`, which both entries of a request have.
    private func core(_ request: AuditedRequest) -> [UInt8] {
        let caller = hashed(request.caller)
        var text: [UInt8] = []
        text.reserveCapacity(1536 + request.data.count)
        text.append(literal: #""auth":"#)
        text = auth(request, caller, after: text)
        text.append(literal: #","request":"#)
        return asked(request, caller, after: text)
    }

    private func hashed(_ caller: Caller) -> HashedCallers.Hashed {
        let hash = { HashedCallers.Hashed(token: redactor.hash(caller.token), accessor: accessor(caller.accessor)) }
        // Where nothing is hashed, what would be kept is the token itself.
        return redactor.isRaw || caller.tokenKey.isEmpty ? hash() : knownCallers.find(caller.tokenKey, or: hash)
    }

    private func auth(_ request: AuditedRequest, _ hashed: HashedCallers.Hashed, after text: [UInt8]) -> [UInt8] {
        let caller = request.caller
        var object = ObjectWriter(after: text)
        if let type = caller.tokenType {
            object.member("client_token", hashed.token)
            if !caller.accessor.utf8.isEmpty { object.member("accessor", hashed.accessor) }
            object.member("display_name", caller.displayName)
            object.member("policies", caller.policies)
            object.member("token_policies", caller.policies)
            if !caller.entityID.utf8.isEmpty { object.member("entity_id", caller.entityID) }
            object.member("token_type", type.rawValue)
        }
        object.member("policy_results") { results(request, &$0) }
        if let token = request.token {
            if token.numUses > 0 { object.member("num_uses", token.numUses) }
            if token.ttl > 0 { object.member("token_ttl", token.ttl) }
            object.member("token_issue_time") { text in
                text.append(UInt8(ascii: "\""))
                token.issueTime.append(to: &text)
                text.append(UInt8(ascii: "\""))
            }
        }
        return object.end()
    }

    private func results(_ request: AuditedRequest, _ text: inout [UInt8]) {
        text.append(literal: #"{"allowed":"#)
        text.append(literal: request.isAllowed ? "true" : "false")
        if !request.grantingPolicies.isEmpty {
            text.append(literal: #","granting_policies":["#)
            for (index, name) in request.grantingPolicies.enumerated() {
                text.append(literal: index == 0 ? #"{"name":"# : #",{"name":"#)
                text.appendJSONString(name)
                text.append(literal: #","namespace_id":"root","type":"acl"}"#)
            }
            text.append(UInt8(ascii: "]"))
        }
        text.append(UInt8(ascii: "}"))
    }

    private func asked(_ request: AuditedRequest, _ hashed: HashedCallers.Hashed, after text: [UInt8]) -> [UInt8] {
        var object = ObjectWriter(after: text)
        object.member("id", request.id)
        object.member("operation", request.operation.word)
        mount(request, &object)
        if !request.caller.token.isEmpty { object.member("client_token", hashed.token) }
        if !request.caller.accessor.utf8.isEmpty { object.member("client_token_accessor", hashed.accessor) }
        object.member("namespace") { $0.append(literal: #"{"id":"root"}"#) }
        object.member("path", utf8: request.path)
        object.member("remote_address", request.caller.remoteAddress)
        object.member("remote_port", request.remotePort)
        if let ttl = request.wrapTTL { object.member("wrap_ttl", ttl) }
        if !request.headers.isEmpty {
            let headers = request.headers.map { header in
                let value = header.isHashed ? redactor.hash(Array(header.value.utf8)) : header.value
                return JSONObject.Member(name: header.name, value: [.string(value)])
            }
            object.member("headers") { $0 += JSON.object(JSONObject(headers)).serialized() }
        }
        if !request.data.isEmpty {
            object.member("data") { $0 += redactor.redact(request.data, clear: request.clearRequestKeys) }
        }
        return object.end()
    }

    private func mount(_ request: AuditedRequest, _ object: inout ObjectWriter) {
        guard let mount = request.mount else { return }
        object.member("mount_point", utf8: mount.path)
        object.member("mount_type", mount.type)
        object.member("mount_accessor", mount.accessor)
        object.member("mount_class", request.isAuthMount ? "auth" : "secret")
    }

    private func answered(_ response: AuditedResponse, _ request: AuditedRequest, after text: [UInt8]) -> [UInt8] {
        var object = ObjectWriter(after: text)
        if let auth = response.auth { object.member("auth") { $0 += JSON.object(grant(auth)).serialized() } }
        mount(request, &object)
        if !response.warnings.isEmpty { object.member("warnings", response.warnings) }
        if let info = response.wrapInfo {
            object.member("wrap_info") { $0 += JSON.object(wrapping(info)).serialized() }
        }
        if !response.data.isEmpty { object.member("data") { $0 += data(of: response, request) } }
        return object.end()
    }

    private func data(of response: AuditedResponse, _ request: AuditedRequest) -> [UInt8] {
        let listed = elidesListings && [.list, .scan].contains(request.operation) ? Self.elided(response.data) : nil
        return redactor.redact(listed ?? response.data, clear: request.clearResponseKeys)
    }

    /// A listing with how many names it has, and of how many it tells more, in the place of these.
    private static func elided(_ data: [UInt8]) -> [UInt8]? {
        guard var object = (try? JSON(parsing: data, limits: .stored))?.objectValue else { return nil }
        if let keys = object["keys"]?.arrayValue { object["keys"] = .integer(keys.count) }
        if let information = object["key_info"]?.objectValue {
            object["key_info"] = .integer(information.members.count)
        }
        return JSON.object(object).serialized()
    }

    private func grant(_ auth: AuthGrant) -> JSONObject {
        var object: JSONObject = ["client_token": .string(redactor.hash(Array(auth.clientToken.utf8)))]
        if !auth.accessor.utf8.isEmpty { object["accessor"] = .string(accessor(auth.accessor)) }
        object["display_name"] = .string(auth.displayName)
        object["policies"] = .strings(auth.policies)
        object["token_policies"] = .strings(auth.tokenPolicies)
        if let metadata = auth.metadata {
            object["metadata"] = .object(JSONObject(metadata.map { .init(name: $0.name, value: .string($0.value)) }))
        }
        if auth.numUses > 0 { object["num_uses"] = .integer(auth.numUses) }
        if !auth.entityID.utf8.isEmpty { object["entity_id"] = .string(auth.entityID) }
        object["token_type"] = .string(auth.tokenType.rawValue)
        object["token_ttl"] = .integer(auth.leaseDuration)
        return object
    }

    private func wrapping(_ info: WrapInfo) -> JSONObject {
        var object: JSONObject = [
            "ttl": .integer(info.ttl), "token": .string(redactor.hash(Array(info.token.utf8))),
            "accessor": .string(accessor(info.accessor)), "creation_time": .string(info.creationTime.description),
            "creation_path": .string(info.creationPath),
        ]
        if !info.wrappedAccessor.utf8.isEmpty { object["wrapped_accessor"] = .string(accessor(info.wrappedAccessor)) }
        return object
    }

    private func accessor(_ accessor: String) -> String {
        hashesAccessors ? redactor.hash(Array(accessor.utf8)) : accessor
    }
}
