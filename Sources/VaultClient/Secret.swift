package import Notation

/// The envelope of an answer: a lease, data, authentication or wrapping information, and warnings.
package struct Secret: Sendable {
    /// The server's name for the request.
    package var requestID: String
    /// The lease's name; empty without a lease.
    package var leaseID: String
    /// How long the lease, or a reader's copy, is good, in seconds.
    package var leaseDuration: Int
    /// Whether the lease can be renewed.
    package var isRenewable: Bool
    /// What was asked for.
    package var data: JSON
    /// Remarks of the server.
    package var warnings: [String]
    /// A new token and its properties.
    package var auth: JSON?
    /// The token under which the real answer is kept.
    package var wrapInfo: JSON?

    /// Makes an envelope around data.
    ///
    /// - Parameters:
    ///   - data: what was asked for.
    ///   - auth: a token and its properties.
    package init(data: JSON = .null, auth: JSON? = nil) {
        self.init(envelope: ["data": data, "auth": auth ?? .null])
    }

    /// Reads the envelope of an answer; a body without one, such as that of `sys/health`, is the data itself, unless
    /// it says only that there is nothing.
    ///
    /// - Parameter response: an answer with a JSON body, or none.
    /// - Throws: ``VaultError`` with code ``VaultError/Code/malformed`` when the body is not JSON.
    package init(_ response: VaultResponse) throws(VaultError) {
        let body = try response.json()
        let isBare =
            response.status != 404 && !(body.objectValue?.members.isEmpty ?? true)
            && Self.members.allSatisfy { body[$0] == nil }
        self.init(envelope: isBare ? ["data": body] : body)
    }

    /// The members of which any makes a body an envelope.
    private static let members = [
        "request_id", "lease_id", "lease_duration", "renewable", "data", "warnings", "auth", "wrap_info", "errors",
    ]

    private init(envelope: JSON) {
        requestID = envelope["request_id"]?.stringValue ?? ""
        leaseID = envelope["lease_id"]?.stringValue ?? ""
        leaseDuration = envelope["lease_duration"]?.intValue ?? 0
        isRenewable = envelope["renewable"]?.boolValue ?? false
        data = envelope["data"] ?? .null
        warnings = envelope["warnings"]?.arrayValue?.compactMap(\.stringValue) ?? []
        auth = Self.object(envelope["auth"])
        wrapInfo = Self.object(envelope["wrap_info"])
    }

    /// A value only when it is an object; null and absence are the same here.
    private static func object(_ value: JSON?) -> JSON? {
        guard let value, value.objectValue != nil else { return Optional.none }
        return value
    }

    /// Whether there is data or a warning to show.
    package var hasContent: Bool {
        !(data.objectValue?.members.isEmpty ?? true) || !warnings.isEmpty
    }

    /// The envelope as JSON, with the members Vault's tools print, in their order.
    package var json: JSON {
        var result: JSONObject = [
            "request_id": .string(requestID),
            "lease_id": .string(leaseID),
            "lease_duration": .integer(leaseDuration),
            "renewable": .bool(isRenewable),
            "data": data,
            "warnings": warnings.isEmpty ? .null : .strings(warnings),
        ]
        if let auth { result["auth"] = auth }
        if let wrapInfo { result["wrap_info"] = wrapInfo }
        return .object(result)
    }
}
