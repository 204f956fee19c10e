internal import VaultClient

/// A request as something to read instead of something to send.
enum DryRun {
    /// A curl command that sends the same request; the token is fetched when it runs, so that none is printed.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - vault: the client it would be sent by.
    /// - Returns: one line for a POSIX shell.
    /// - Throws: ``VaultError`` when a header cannot be sent.
    static func curl(_ request: VaultRequest, _ vault: Vault) throws(VaultError) -> String {
        var words = ["curl"]
        if request.method != .get { words += ["-X", request.method.rawValue] }
        let security = vault.configuration.security
        if security.skipsVerification { words.append("--insecure") }
        let files = [
            ("--cacert", security.authorityFile), ("--capath", security.authorityFolder),
            ("--cert", security.certificateFile), ("--key", security.keyFile),
        ]
        for case (let option, let file?) in files { words += [option, quoted(file)] }
        for (name, value) in try vault.configuration.headers(for: request) {
            if name.utf8.elementsEqual("X-Vault-Token".utf8) {
                words += ["-H", #""X-Vault-Token: $(vaultcli print token)""#]
            } else if !(name.utf8.elementsEqual("Content-Type".utf8)
                && value.utf8.elementsEqual("application/json".utf8))
            {
                words += ["-H", quoted("\(name): \(value)")]
            }
        }
        switch request.body {
        case .bytes(let bytes): words += ["-d", quoted(String(decoding: bytes, as: UTF8.self))]
        case .file(let path, _): words += ["--data-binary", quoted("@" + path)]
        case nil: break
        }
        return (words + [quoted(vault.url(of: request))]).joined(separator: " ")
    }

    /// A policy that allows the request.
    ///
    /// - Parameter request: the request.
    /// - Returns: a stanza in HCL.
    static func policy(_ request: VaultRequest) -> String {
        var capabilities: [String]
        switch request.method {
        case .get, .head:
            capabilities = [request.asks(for: "scan") ? "scan" : request.asks(for: "list") ? "list" : "read"]
        case .put, .post: capabilities = ["create", "update"]
        case .patch: capabilities = ["patch"]
        case .delete: capabilities = ["delete"]
        }
        if needsSudo(request.path) { capabilities.append("sudo") }
        let list = capabilities.map { "\"\($0)\"" }.joined(separator: ", ")
        return "path \(hcl(request.path)) {\n  capabilities = [\(list)]\n}"
    }

    /// Root-protected paths of the API; a star at the end stands for any continuation.
    private static let protectedPaths = [
        "auth/token/accessors*", "auth/token/revoke-orphan/*", "sys/audit", "sys/audit/*", "sys/auth/*",
        "sys/config/auditing/*", "sys/config/cors", "sys/config/ui/headers/*", "sys/leases/lookup/*",
        "sys/leases/revoke-force/*", "sys/leases/revoke-prefix/*", "sys/plugins/catalog/*", "sys/raw", "sys/raw/*",
        "sys/remount", "sys/revoke-force/*", "sys/revoke-prefix/*", "sys/rotate", "sys/rotate/keyring",
        "sys/rotate/root", "sys/seal", "sys/step-down",
    ]

    private static func needsSudo(_ path: String) -> Bool {
        protectedPaths.contains { pattern in
            guard pattern.utf8.last == UInt8(ascii: "*") else { return pattern.utf8.elementsEqual(path.utf8) }
            return path.utf8.starts(with: pattern.utf8.dropLast())
        }
    }

    /// A word for a POSIX shell: in single quotes, a single quote of its own in double quotes between them.
    private static func quoted(_ word: String) -> String {
        let bytes = word.utf8.flatMap { $0 == UInt8(ascii: "'") ? Array(#"'"'"'"#.utf8) : [$0] }
        return "'" + String(decoding: bytes, as: UTF8.self) + "'"
    }

    private static func hcl(_ text: String) -> String {
        let special: [UInt8] = [UInt8(ascii: "\""), UInt8(ascii: "\\")]
        let bytes = text.utf8.flatMap { special.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
        return "\"" + String(decoding: bytes, as: UTF8.self) + "\""
    }
}
