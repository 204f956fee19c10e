internal import ArgumentParser

/// `token`: who may do what, for how long.
struct TokenGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, inspect, renew and revoke tokens.",
        discussion: """
              $ vaultcli token create -policy=app -ttl=1h
              $ vaultcli token lookup
            """,
        subcommands: [TokenCreate.self, TokenLookup.self, TokenRenew.self, TokenRevoke.self, TokenCapabilities.self])
}
