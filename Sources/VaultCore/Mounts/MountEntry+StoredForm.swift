import EngineKit
package import Notation

/// The stored form of a mount: the JSON object that the API shows, with `realm` (32 hexadecimal digits) added.
extension MountEntry {
    /// The record as bytes.
    package func encoded() -> [UInt8] {
        var object = info
        object["realm"] = .string(Hexadecimal.encode(realm.bytes))
        return JSON.object(object).serialized()
    }

    /// Reads a record back; `nil` when the bytes are not one.
    ///
    /// - Parameter path: the mount's path with its trailing slash.
    package init?(path: [UInt8], decoding bytes: [UInt8]) {
        guard let object = (try? JSON(parsing: bytes))?.objectValue,
            let type = object["type"]?.stringValue, let uuid = object["uuid"]?.stringValue,
            let accessor = object["accessor"]?.stringValue,
            let realm = object["realm"]?.stringValue.flatMap({ Hexadecimal.decode($0) }).flatMap({ Realm(bytes: $0) })
        else { return nil }
        self.init(path: path, type: type, uuid: uuid, accessor: accessor, realm: realm)
        description = object["description"]?.stringValue ?? ""
        options = object["options"]?.objectValue?.members.map { ($0.name, $0.value.stringValue ?? "") } ?? []
        isLocal = object["local"]?.boolValue ?? false
        wantsSealWrap = object["seal_wrap"]?.boolValue ?? false
        tuning = MountTuning(decoding: object["config"]?.objectValue ?? JSONObject())
    }

    /// The object that `sys/mounts` and `sys/auth` show.
    package var info: JSONObject {
        [
            "accessor": .string(accessor), "config": .object(tuning.fields(isAuth: isAuth)),
            "deprecation_status": "supported", "description": .string(description),
            "external_entropy_access": false, "local": .bool(isLocal),
            "options": options.isEmpty ? .null : .texts(options), "plugin_version": "",
            "running_plugin_version": "v1.17.6+builtin.vault", "running_sha256": "",
            "seal_wrap": .bool(wantsSealWrap), "type": .string(type), "uuid": .string(uuid),
        ]
    }
}

extension MountTuning {
    /// The `config` object of a mount: what was set, with 0 for unset times.
    func fields(isAuth: Bool) -> JSONObject {
        var object: JSONObject = [
            "default_lease_ttl": .integer(defaultLeaseTTL), "force_no_cache": .bool(forcesNoCache),
            "max_lease_ttl": .integer(maxLeaseTTL),
        ]
        if isAuth { object["token_type"] = .string(tokenType.utf8.isEmpty ? "default-service" : tokenType) }
        addOptionalFields(to: &object)
        return object
    }

    /// Adds the fields that are shown only when they are set.
    func addOptionalFields(to object: inout JSONObject) {
        if !auditNonHMACRequestKeys.isEmpty {
            object["audit_non_hmac_request_keys"] = .strings(auditNonHMACRequestKeys)
        }
        if !auditNonHMACResponseKeys.isEmpty {
            object["audit_non_hmac_response_keys"] = .strings(auditNonHMACResponseKeys)
        }
        if !listingVisibility.utf8.isEmpty { object["listing_visibility"] = .string(listingVisibility) }
        if !passthroughRequestHeaders.isEmpty {
            object["passthrough_request_headers"] = .strings(passthroughRequestHeaders)
        }
        if !allowedResponseHeaders.isEmpty {
            object["allowed_response_headers"] = .strings(allowedResponseHeaders)
        }
    }

    init(decoding object: JSONObject) {
        let texts = { (key: String) in object[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        defaultLeaseTTL = object["default_lease_ttl"]?.intValue ?? 0
        maxLeaseTTL = object["max_lease_ttl"]?.intValue ?? 0
        forcesNoCache = object["force_no_cache"]?.boolValue ?? false
        auditNonHMACRequestKeys = texts("audit_non_hmac_request_keys")
        auditNonHMACResponseKeys = texts("audit_non_hmac_response_keys")
        listingVisibility = object["listing_visibility"]?.stringValue ?? ""
        passthroughRequestHeaders = texts("passthrough_request_headers")
        allowedResponseHeaders = texts("allowed_response_headers")
        tokenType = object["token_type"]?.stringValue ?? ""
    }
}
