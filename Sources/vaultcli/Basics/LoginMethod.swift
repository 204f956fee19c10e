internal import Notation
internal import VaultClient

/// The ways to a token.
enum LoginMethod {
    /// Methods that put the user's name into the path and take a password.
    private static let passwordMethods: Set<String> = ["userpass", "ldap", "radius", "okta"]

    /// Methods that are sent their data as it is.
    private static let dataMethods: Set<String> = [
        "alicloud", "approle", "aws", "azure", "cert", "cf", "gcp", "github", "jwt", "kerberos", "kubernetes", "oci",
        "oidc", "pcf",
    ]

    /// Takes a token the user has, and asks the server about it.
    ///
    /// - Parameters:
    ///   - words: the token, `token=…`, or nothing to be asked.
    ///   - checked: whether the server is asked.
    ///   - session: the session.
    /// - Returns: the token and its properties.
    /// - Throws: ``Failure`` when the server does not know it.
    static func token(_ words: [String], checked: Bool, _ session: Session) async throws(Failure) -> Secret {
        guard words.count < 2 else { throw .usage("Too many arguments (expected 0-1, got \(words.count))") }
        var word = words.first
        if let given = word, given.utf8.starts(with: "token=".utf8) {
            word = String(decoding: given.utf8.dropFirst("token=".utf8.count), as: UTF8.self)
        }
        let token = try asked(word, prompt: "Token (will be hidden): ", session)
        guard checked else { return Secret(auth: ["client_token": .string(token)]) }
        let response = try await session.using(token: token).send(
            VaultRequest(.get, "auth/token/lookup-self"), or: "Error authenticating: error looking up token")
        let secret = try session.secret(response)
        if secret.wrapInfo != nil { return secret }
        return Secret(auth: properties(of: token, secret.data))
    }

    /// Sends a method's data and gets a token.
    ///
    /// - Parameters:
    ///   - kind: the method.
    ///   - mount: where it is enabled.
    ///   - words: its data.
    ///   - session: the session.
    /// - Returns: the token and its properties, or a wrapping token.
    /// - Throws: ``Failure`` when the server refuses.
    static func exchange(
        _ kind: String, mount: String, _ words: [String], _ session: Session
    ) async throws(Failure) -> Secret {
        guard passwordMethods.contains(kind) || dataMethods.contains(kind) else {
            throw .usage(
                "Unknown auth method: \(kind). `vaultcli auth list` shows what is enabled; a method of another kind is "
                    + "reached with `vaultcli write auth/…/login`.")
        }
        var data = try KeyValueInput.parse(words, session.surroundings.console)
        var path = "auth/\(mount)/login"
        if passwordMethods.contains(kind) {
            guard let name = data["username"]?.stringValue, !name.isEmpty else {
                throw .server("Error authenticating: -method=\(kind) needs username=…")
            }
            data["username"] = nil
            if data["password"] == nil {
                data["password"] = .string(try asked(nil, prompt: "Password (will be hidden): ", session))
            }
            path += "/" + name
        }
        // The token kept from before has nothing to do with a login.
        let response = try await session.using(token: nil).send(
            VaultRequest(.put, path, json: .object(data)), or: "Error authenticating")
        return try session.secret(response)
    }

    /// A secret of the login; where there is none, the login has failed.
    private static func asked(_ word: String?, prompt: String, _ session: Session) throws(Failure) -> String {
        do {
            return try SecretInput.value(word, prompt: prompt, session)
        } catch {
            throw .server("Error authenticating: \(error.message)")
        }
    }

    /// The properties of a token as a login would have answered them.
    private static func properties(of token: String, _ data: JSON) -> JSON {
        let identity = data["identity_policies"]?.arrayValue ?? []
        let own = data["policies"]?.arrayValue ?? []
        return [
            "client_token": .string(token),
            "accessor": data["accessor"] ?? "",
            "policies": .array(own + identity),
            "token_policies": .array(own),
            "identity_policies": identity.isEmpty ? .null : .array(identity),
            "metadata": data["meta"] ?? .null,
            "orphan": data["orphan"] ?? false,
            "entity_id": data["entity_id"] ?? "",
            "lease_duration": data["ttl"] ?? 0,
            "renewable": data["renewable"] ?? false,
            "mfa_requirement": .null,
        ]
    }
}
