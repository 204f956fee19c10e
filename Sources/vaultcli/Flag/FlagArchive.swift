internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag archive`: a flag out of use.
struct FlagArchive: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Take a flag out of use.",
        discussion: """
            Everyone gets the off variation, lists leave the flag out, and it cannot be changed until `flag unarchive` \
            takes it back. Its states and history stay.

              $ vaultcli flag archive old-checkout -reason="everyone has the new one"
            """)

    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.delete, try mount.path("definitions", key), query: change.query)
        let response = try await session.send(request, or: "Error archiving flag \(key)")
        try session.show(response) { _ in "Success! Archived flag: \(key)" }
    }
}

/// `flag unarchive`: an archived flag, back in use.
struct FlagUnarchive: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "unarchive",
        abstract: "Take an archived flag back into use.",
        discussion: """
            Its states count again at once: where it was on, it is on.

              $ vaultcli flag unarchive old-checkout
            """)

    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.post, try mount.path("revive", key), json: change.body())
        let response = try await session.send(request, or: "Error unarchiving flag \(key)")
        try session.show(response) { FlagStateText.done("Back in use: \(key)", $0) }
    }
}

/// `flag delete`: a flag, for good.
struct FlagDelete: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove a flag for good.",
        discussion: """
            Removes what the flag is, its states in all environments and their history. It cannot be undone; `flag \
            archive` takes a flag out of use and keeps all that. Asks for the key unless -force is given.

              $ vaultcli flag delete old-checkout
            """)

    @Flag(name: .flag("force"), help: "Do not ask.") private var force = false
    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(
            .delete, try mount.path("definitions", key), query: [("purge", "true")] + change.query)
        if !force, session.settings.mode == .send { try confirm(session) }
        let response = try await session.send(request, or: "Error deleting flag \(key)")
        try session.show(response) { _ in "Success! Deleted flag: \(key)" }
    }

    private func confirm(_ session: Session) throws(Failure) {
        guard !session.settings.isNonInteractive, session.surroundings.console.isTerminal(.input) else {
            throw .usage("This removes the flag with its states and history; where nobody can be asked, say -force")
        }
        let prompt = "Type the flag's key to remove it with its states and history (it is not shown): "
        guard try session.surroundings.console.readHidden(prompt).bytesEqual(to: key) else {
            throw .usage("That is not the key; nothing was removed")
        }
    }
}
