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

    /// The entry of a request, without its closing brace.
    func request(_ request: AuditedRequest) -> [UInt8] {
        open("request", request, error: request.error)
    }

    /// The entry of an answer, without its closing brace.
    func response(_ request: AuditedRequest, _ response: AuditedResponse) -> [UInt8] {
        var text = open("response", request, error: response.error ?? request.error)
        text.append(contentsOf: #","response":"#.utf8)
        text.append(contentsOf: answered(response, request))
        return text
    }

    private func open(_ type: String, _ request: AuditedRequest, error: String?) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(1024 + request.data.count)
        text.append(contentsOf: #"{"time":""#.utf8)
        request.time.append(to: &text)
        text.append(contentsOf: "\",\"type\":\"\(type)\",\"auth\":".utf8)
        text.append(contentsOf: JSON.object(auth(request)).serialized())
        text.append(contentsOf: #","request":"#.utf8)
        text.append(contentsOf: asked(request))
        if let error {
            text.append(contentsOf: #","error":"#.utf8)
            text.appendJSONString(error)
        }
        return text
    }

    private func auth(_ request: AuditedRequest) -> JSONObject {
        let caller = request.caller
        var object = JSONObject()
        if caller.tokenType != nil {
            object["client_token"] = .string(redactor.hash(caller.token))
            if !caller.accessor.utf8.isEmpty { object["accessor"] = .string(accessor(caller.accessor)) }
            object["display_name"] = .string(caller.displayName)
            object["policies"] = .strings(caller.policies)
            object["token_policies"] = .strings(caller.policies)
            if !caller.entityID.utf8.isEmpty { object["entity_id"] = .string(caller.entityID) }
            object["token_type"] = .string(caller.tokenType?.rawValue ?? "")
        }
        object["policy_results"] = results(request)
        if let token = request.token {
            if token.numUses > 0 { object["num_uses"] = .integer(token.numUses) }
            if token.ttl > 0 { object["token_ttl"] = .integer(token.ttl) }
            object["token_issue_time"] = .string(token.issueTime.description)
        }
        return object
    }

    private func results(_ request: AuditedRequest) -> JSON {
        var object: JSONObject = ["allowed": .bool(request.isAllowed)]
        if !request.grantingPolicies.isEmpty {
            object["granting_policies"] = .array(
                request.grantingPolicies.map { ["name": .string($0), "namespace_id": "root", "type": "acl"] })
        }
        return .object(object)
    }

    private func asked(_ request: AuditedRequest) -> [UInt8] {
        var object: JSONObject = ["id": .string(request.id), "operation": .string(request.operation.word)]
        if let mount = request.mount {
            object["mount_point"] = .string(String(decoding: mount.path, as: UTF8.self))
            object["mount_type"] = .string(mount.type)
            object["mount_accessor"] = .string(mount.accessor)
            object["mount_class"] = request.isAuthMount ? "auth" : "secret"
        }
        if !request.caller.token.isEmpty { object["client_token"] = .string(redactor.hash(request.caller.token)) }
        if !request.caller.accessor.utf8.isEmpty {
            object["client_token_accessor"] = .string(accessor(request.caller.accessor))
        }
        object["namespace"] = ["id": "root"]
        object["path"] = .string(String(decoding: request.path, as: UTF8.self))
        object["remote_address"] = .string(request.caller.remoteAddress)
        object["remote_port"] = .integer(request.remotePort)
        if let ttl = request.wrapTTL { object["wrap_ttl"] = .integer(ttl) }
        if !request.headers.isEmpty {
            object["headers"] = .object(
                JSONObject(
                    request.headers.map { header in
                        let value = header.isHashed ? redactor.hash(Array(header.value.utf8)) : header.value
                        return .init(name: header.name, value: [.string(value)])
                    }))
        }
        var text = JSON.object(object).serialized()
        guard !request.data.isEmpty else { return text }
        text.removeLast()
        text.append(contentsOf: #","data":"#.utf8)
        text.append(contentsOf: redactor.redact(request.data, clear: request.clearRequestKeys))
        text.append(UInt8(ascii: "}"))
        return text
    }

    private func answered(_ response: AuditedResponse, _ request: AuditedRequest) -> [UInt8] {
        var object = JSONObject()
        if let auth = response.auth { object["auth"] = .object(grant(auth)) }
        if let mount = request.mount {
            object["mount_point"] = .string(String(decoding: mount.path, as: UTF8.self))
            object["mount_type"] = .string(mount.type)
            object["mount_accessor"] = .string(mount.accessor)
            object["mount_class"] = request.isAuthMount ? "auth" : "secret"
        }
        if !response.warnings.isEmpty { object["warnings"] = .strings(response.warnings) }
        if let info = response.wrapInfo { object["wrap_info"] = .object(wrapping(info)) }
        var text = JSON.object(object).serialized()
        guard !response.data.isEmpty else { return text }
        text.removeLast()
        if text.count > 1 { text.append(UInt8(ascii: ",")) }
        text.append(contentsOf: #""data":"#.utf8)
        text.append(contentsOf: data(of: response, request))
        text.append(UInt8(ascii: "}"))
        return text
    }

    private func data(of response: AuditedResponse, _ request: AuditedRequest) -> [UInt8] {
        if elidesListings, response.isListing, let keys = (try? JSON(parsing: response.data, limits: .stored))?["keys"]
        {
            return JSON.object(["keys": .integer(keys.arrayValue?.count ?? 0)]).serialized()
        }
        return redactor.redact(response.data, clear: request.clearResponseKeys)
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
