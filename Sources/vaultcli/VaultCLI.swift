internal import ArgumentParser

/// The tool's commands as a tree.
struct VaultCLI: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "vaultcli",
        abstract: "Work with a PulseVault, Vault or OpenBao server.",
        discussion: """
            Flags may be written with one dash or two, before or after the arguments, and with `=` or a blank before \
            the value. Settings come from flags, then from PULSEVAULT_*, VAULT_* and BAO_* variables.

            Exit status: 0 done, 1 wrong use or a local fault, 2 the server refused or has nothing, 127 no such \
            command.

              $ export VAULT_ADDR=https://vault.example:8200
              $ vaultcli login -method=userpass username=ana
              $ vaultcli kv get -mount=secret app/db
            """,
        groupedSubcommands: [
            CommandGroupList.data, CommandGroupList.access, CommandGroupList.operation, CommandGroupList.local,
        ],
        // As a letter, the parser would find it in the name of each flag that it does not know.
        helpNames: .long)
}

/// The first level of the tree, as help shows it.
private enum CommandGroupList {
    static let data = CommandGroup(
        name: "Data",
        subcommands: [
            Read.self, Write.self, List.self, Delete.self, Patch.self, Unwrap.self, KV.self, FlagGroup.self,
            ConfigGroup.self, ChangeSetGroup.self, SearchCommand.self, TreeCommand.self, DiffCommand.self,
            RunCommand.self,
        ])
    static let access = CommandGroup(
        name: "Access", subcommands: [Login.self, TokenGroup.self, PolicyGroup.self, AuthGroup.self, LeaseGroup.self])
    static let operation = CommandGroup(
        name: "Operation", subcommands: [StatusCommand.self, OperatorGroup.self, SecretsGroup.self, AuditGroup.self])
    static let local = CommandGroup(
        name: "Local", subcommands: [PathHelp.self, PrintGroup.self, VersionCommand.self, Completion.self])
}
