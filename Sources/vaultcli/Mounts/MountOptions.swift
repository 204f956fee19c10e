internal import ArgumentParser
internal import Notation

/// The settings of a mount that can be given when it is enabled and changed later.
struct MountOptions: ParsableArguments {
    @Option(name: .flag("description"), help: "What the mount is for.") private var description: String?
    @Option(name: .flag("default-lease-ttl"), help: "How long leases last by default; system takes the server's own.")
    private var defaultLeaseTTL: LeaseLimit?
    @Option(name: .flag("max-lease-ttl"), help: "How long leases last at most; system takes the server's own.")
    private var maxLeaseTTL: LeaseLimit?
    @Option(name: .flag("options"), help: "Option of the engine, as name=value; may be repeated.")
    private var options: [String] = []
    @Option(name: .flag("version"), help: "Version of the engine, such as 2 for a KV mount with versions.")
    private var version: Int?
    @Option(name: .flag("listing-visibility"), help: "unauth shows the mount before login, hidden does not.")
    private var listingVisibility: String?
    @Option(name: .flag("audit-non-hmac-request-keys"), help: "Field of requests to record readable; may be repeated.")
    private var auditNonHMACRequestKeys: [String] = []
    @Option(name: .flag("audit-non-hmac-response-keys"), help: "Field of answers to record readable; may be repeated.")
    private var auditNonHMACResponseKeys: [String] = []
    @Option(name: .flag("passthrough-request-headers"), help: "Header the engine may see; may be repeated.")
    private var passthroughRequestHeaders: [String] = []
    @Option(name: .flag("allowed-response-headers"), help: "Header the engine may set; may be repeated.")
    private var allowedResponseHeaders: [String] = []
    @Option(name: .flag("plugin-version"), help: "Version of the plugin.") private var pluginVersion: String?
    @Option(name: .flag("token-type"), help: "Type of the tokens an auth method makes.") private var tokenType: String?

    /// The body of an enabling request: what it is, with its settings apart.
    ///
    /// - Parameter type: the engine's or method's type.
    /// - Returns: only what was given, and the description.
    /// - Throws: ``Failure`` with status 1 for an option that is not name=value.
    func enabling(type: String) throws(Failure) -> JSONObject {
        var body: JSONObject = [
            "type": .string(type), "description": .string(description ?? ""), "config": .object(settings()),
        ]
        let options = try engineOptions()
        if !options.members.isEmpty { body["options"] = .object(options) }
        if let pluginVersion { body["plugin_version"] = .string(pluginVersion) }
        return body
    }

    /// The body of a tuning request: all in one.
    ///
    /// - Returns: only what was given.
    /// - Throws: ``Failure`` with status 1 for an option that is not name=value.
    func tuning() throws(Failure) -> JSONObject {
        var body = settings()
        if let description { body["description"] = .string(description) }
        let options = try engineOptions()
        if !options.members.isEmpty { body["options"] = .object(options) }
        if let pluginVersion { body["plugin_version"] = .string(pluginVersion) }
        return body
    }

    private func settings() -> JSONObject {
        var result = JSONObject()
        if let defaultLeaseTTL { result["default_lease_ttl"] = .string(defaultLeaseTTL.text) }
        if let maxLeaseTTL { result["max_lease_ttl"] = .string(maxLeaseTTL.text) }
        if let listingVisibility { result["listing_visibility"] = .string(listingVisibility) }
        if let tokenType { result["token_type"] = .string(tokenType) }
        let lists = [
            ("audit_non_hmac_request_keys", auditNonHMACRequestKeys),
            ("audit_non_hmac_response_keys", auditNonHMACResponseKeys),
            ("passthrough_request_headers", passthroughRequestHeaders),
            ("allowed_response_headers", allowedResponseHeaders),
        ]
        for (name, list) in lists where !list.isEmpty { result[name] = .strings(list) }
        return result
    }

    private func engineOptions() throws(Failure) -> JSONObject {
        var result = try KeyValueInput.object(options, flag: "options")
        if let version { result["version"] = .string(String(version)) }
        return result
    }
}

/// The settings of a mount that can be given only when it is enabled.
struct MountCreationOptions: ParsableArguments {
    @Option(name: .flag("path"), help: "Where it is mounted; by default its type.") private var path: String?
    @Flag(name: .flag("local"), help: "Only for this node's cluster.") private var local = false
    @Flag(name: .flag("seal-wrap"), help: "Encrypt with the seal too.") private var sealWrap = false
    @Flag(name: .flag("external-entropy-access"), help: "Allow external entropy.") private var externalEntropy = false
    @Option(name: .flag("plugin-name"), help: "Name of the plugin.") private var pluginName: String?

    /// Where it is mounted.
    ///
    /// - Parameter type: the type.
    /// - Returns: the path with a slash at its end.
    func mount(of type: String) -> String {
        VaultPath.mount(path ?? type)
    }

    /// Adds these settings to the body of an enabling request.
    ///
    /// - Parameter body: the body.
    /// - Returns: the body with what was given.
    func adding(to body: JSONObject) -> JSON {
        var body = body
        if local { body["local"] = true }
        if sealWrap { body["seal_wrap"] = true }
        if externalEntropy { body["external_entropy_access"] = true }
        if let pluginName { body["plugin_name"] = .string(pluginName) }
        return .object(body)
    }
}
