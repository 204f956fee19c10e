internal import ArgumentParser

/// `operator`: the life of a server.
struct OperatorGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "operator",
        abstract: "Initialise, unseal, rekey and back up a server.",
        subcommands: [
            OperatorInit.self, OperatorUnseal.self, OperatorSeal.self, OperatorRekey.self, OperatorRotate.self,
            OperatorKeyStatus.self, OperatorGenerateRoot.self, OperatorStepDown.self, OperatorMembers.self,
            OperatorBackup.self, OperatorRestore.self,
        ])
}
