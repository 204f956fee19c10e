internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `patch`: some fields of what is at a path.
struct Patch: VaultCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change some fields of what is at a path.",
        discussion: """
            Fields not named keep their values. Data is given as for `write`.

              $ vaultcli patch identity/entity/id/1234 metadata=@metadata.json
            """)

    @Flag(name: .flag("force", alias: "f"), help: "Send even without data.") private var force = false
    @Argument(help: "Path to change.") private var path: String
    @Argument(help: "Data: key=value, key=@file, key=-, @file.json or -.") private var data: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard force || !data.isEmpty else { throw .usage("Must supply data or use -force") }
        let object = try KeyValueInput.parse(data, session.surroundings.console)
        try await Write.send(VaultRequest(.patch, VaultPath.trimmed(path), json: .object(object)), in: session)
    }
}
