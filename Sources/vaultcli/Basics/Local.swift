internal import ArgumentParser

/// What this build of the tool is.
enum Release {
    /// The version of the tool.
    static let version = "0.1.0"
    /// The line `version` prints; the second word is the version.
    static let line = "PulseVault v\(version) (vaultcli)"
}

/// `version`: the version of this tool.
struct VersionCommand: LocalCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Show the version of this tool.",
        discussion: """
            The server's version is in `vaultcli status`.

              $ vaultcli version
            """)

    func run(in surroundings: Surroundings) throws(Failure) {
        surroundings.console.write(.output, Release.line + "\n")
    }
}

/// `print`: values the tool uses.
struct PrintGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "print", abstract: "Show values this tool uses.", subcommands: [PrintToken.self])
}

/// `print token`: the token in use.
struct PrintToken: LocalCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Show the token in use.",
        discussion: """
            It is the one of VAULT_TOKEN, else of the file ~/.vault-token.

              $ curl -H "X-Vault-Token: $(vaultcli print token)" "$VAULT_ADDR/v1/auth/token/lookup-self"
            """)

    func run(in surroundings: Surroundings) throws(Failure) {
        guard let token = try TokenStore.currentToken(surroundings.environment) else {
            throw .usage("There is no token; set VAULT_TOKEN or run `vaultcli login`")
        }
        surroundings.console.write(.output, token + "\n")
    }
}

/// `completion`: scripts that complete commands in a shell.
struct Completion: LocalCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a script that completes commands in a shell.",
        discussion: """
            Load the script where the shell looks for completions.

              $ vaultcli completion bash > ~/.local/share/bash-completion/completions/vaultcli
              $ vaultcli completion zsh > "${fpath[1]}/_vaultcli"
              $ vaultcli completion fish > ~/.config/fish/completions/vaultcli.fish
            """)

    @Argument(help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"])) private var shell: String

    func run(in surroundings: Surroundings) throws(Failure) {
        guard let shell = CompletionShell(rawValue: shell) else {
            throw .usage("The shell must be bash, zsh or fish")
        }
        surroundings.console.write(.output, VaultCLI.completionScript(for: shell) + "\n")
    }
}
