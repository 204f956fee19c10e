/// The file that keeps the token between commands: `~/.vault-token`, readable by its owner alone.
struct TokenStore: Sendable {
    /// The file's path.
    let path: String

    /// Finds the file: `VAULT_TOKEN_PATH`, else `.vault-token` in the home folder.
    ///
    /// - Parameter environment: the environment.
    /// - Returns: the store, or `nil` without a home folder.
    static func standard(_ environment: ClientEnvironment) -> TokenStore? {
        if let path = environment["TOKEN_PATH"] { return TokenStore(path: path) }
        return environment.home.map { TokenStore(path: $0 + "/.vault-token") }
    }

    /// The token in use: the environment's, else the file's.
    ///
    /// - Parameter environment: the environment.
    /// - Returns: the token, or `nil` when there is none.
    /// - Throws: ``Failure`` with status 1 when the file is there and cannot be read.
    static func currentToken(_ environment: ClientEnvironment) throws(Failure) -> String? {
        if let token = environment["TOKEN"] { return token }
        return try standard(environment)?.token()
    }

    /// Reads the token.
    ///
    /// - Returns: the token without surrounding white space; `nil` when there is no file or nothing in it.
    /// - Throws: ``Failure`` with status 1 when the file is there and cannot be read.
    func token() throws(Failure) -> String? {
        guard let bytes = try LocalFile.contentsIfPresent(of: path) else { return nil }
        let text = VaultPath.withoutSpace(String(decoding: bytes, as: UTF8.self))
        return text.isEmpty ? nil : text
    }

    /// Keeps a token, replacing the file whole so that no reader meets half a token.
    ///
    /// - Parameter token: the token.
    /// - Throws: ``Failure`` with status 1 when the file cannot be written.
    func keep(_ token: String) throws(Failure) {
        let file = try PrivateFile(replacing: path)
        try file.append(Array(token.utf8))
        try file.commit()
    }
}
