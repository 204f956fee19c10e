import EngineKit
import Notation

/// Vault's envelope around every logical answer.
struct ResponseEnvelope {
    /// The request's identifier.
    let requestID: String
    /// The type of the mount that answered.
    let mountType: String

    /// The answer as it goes to the client.
    func render(_ response: EngineResponse) -> VaultResponse {
        if let info = response.wrapInfo {
            return VaultResponse(status: 200, contentType: "application/json", body: Self.wrapped(info))
        }
        switch response.body {
        case .raw(let contentType, let bytes):
            // An answer without a body (304) has no type either.
            let type = contentType.utf8.isEmpty ? nil : contentType
            var raw = VaultResponse(status: response.status ?? 200, contentType: type, body: bytes)
            raw.entityTag = response.entityTag
            raw.nextPage = response.nextPage
            raw.index = response.index
            return raw
        case .events(let stream):
            var response = VaultResponse(status: 200, contentType: "text/event-stream")
            response.events = stream
            return response
        case .later(let stream, let time):
            var response = VaultResponse(status: 200)
            response.pause = (stream, time)
            return response
        case .names(let names) where names.isEmpty && response.warnings.isEmpty:
            return .errors(404)
        case .none where response.status == nil && response.warnings.isEmpty && response.auth == nil:
            return VaultResponse(status: 204)
        case .none, .data, .rendered, .names:
            var rendered = VaultResponse(
                status: response.status ?? 200, contentType: "application/json", body: envelope(response))
            rendered.entityTag = response.entityTag
            return rendered
        }
    }

    /// The JSON text of the `data` member.
    static func data(of response: EngineResponse) -> [UInt8] {
        switch response.body {
        case .none, .raw, .events, .later: Array("null".utf8)
        case .rendered(let bytes): bytes
        case .data(let object): JSON.object(object).serialized()
        case .names(let names):
            JSON.object(["keys": .strings(names.map { String(decoding: $0, as: UTF8.self) })]).serialized()
        }
    }

    /// The envelope that tells of a wrapped answer, and nothing of the answer itself.
    private static func wrapped(_ info: WrapInfo) -> [UInt8] {
        var wrapInfo: JSONObject = [
            "token": .string(info.token), "accessor": .string(info.accessor), "ttl": .integer(info.ttl),
            "creation_time": .string(info.creationTime.description), "creation_path": .string(info.creationPath),
        ]
        if !info.wrappedAccessor.utf8.isEmpty { wrapInfo["wrapped_accessor"] = .string(info.wrappedAccessor) }
        return JSON.object([
            "request_id": "", "lease_id": "", "renewable": false, "lease_duration": 0, "data": .null,
            "wrap_info": .object(wrapInfo), "warnings": .null, "auth": .null, "mount_type": "",
        ]).serialized()
    }

    private static let null = Array("null".utf8)

    private func envelope(_ response: EngineResponse) -> [UInt8] {
        let data = Self.data(of: response)
        var text: [UInt8] = []
        text.reserveCapacity(data.count + 256)
        text += #"{"request_id":""#.utf8
        text += requestID.utf8
        text += #"","lease_id":"#.utf8
        text.appendJSONString(response.leaseID)
        text += response.isRenewable ? #","renewable":true"#.utf8 : #","renewable":false"#.utf8
        text += #","lease_duration":"#.utf8
        text += String(response.leaseDuration).utf8
        text += #","data":"#.utf8
        text += data
        text += #","wrap_info":null,"warnings":"#.utf8
        if response.warnings.isEmpty { text += Self.null } else { text += JSON.strings(response.warnings).serialized() }
        text += #","auth":"#.utf8
        if let auth = response.auth { text += auth.json.serialized() } else { text += Self.null }
        text += #","mount_type":"#.utf8
        text.appendJSONString(mountType)
        if response.repeatsDataAtTop, case .data(let object) = response.body { appendMembers(of: object, to: &text) }
        text.append(UInt8(ascii: "}"))
        return text
    }

    private func appendMembers(of object: JSONObject, to text: inout [UInt8]) {
        for member in object.members {
            text.append(UInt8(ascii: ","))
            text += JSON.string(member.name).serialized()
            text.append(UInt8(ascii: ":"))
            text += member.value.serialized()
        }
    }
}

extension AuthGrant {
    /// The envelope's `auth` block.
    var json: JSON {
        var object: JSONObject = [
            "client_token": .string(clientToken), "accessor": .string(accessor), "policies": .strings(policies),
            "token_policies": .strings(tokenPolicies),
        ]
        if !identityPolicies.isEmpty { object["identity_policies"] = .strings(identityPolicies) }
        object["metadata"] = metadata.map { JSON.texts($0) } ?? .null
        object["lease_duration"] = .integer(leaseDuration)
        object["renewable"] = .bool(isRenewable)
        object["entity_id"] = .string(entityID)
        object["token_type"] = .string(tokenType.rawValue)
        object["orphan"] = .bool(isOrphan)
        object["mfa_requirement"] = .null
        object["num_uses"] = .integer(numUses)
        return .object(object)
    }
}

extension JSON {
    /// An object of texts.
    static func texts(_ pairs: [(name: String, value: String)]) -> JSON {
        .object(JSONObject(pairs.map { JSONObject.Member(name: $0.name, value: .string($0.value)) }))
    }
}
