internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag export`: everything about the flags of a mount, a line each.
struct FlagExport: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print flags, segments and states as lines of JSON.",
        discussion: """
            Every line is an object whose member document says what it is: environment, definition, segment or state. \
            Archived flags are in it too. Whatever -format says, lines of JSON are printed.

              $ vaultcli flag export > flags.ndjson
              $ vaultcli flag export -env=prod -env=staging
            """)

    @Option(name: .flag("env"), help: "Only segments and states of this environment; may be repeated.")
    private var environments: [String] = []
    @OptionGroup private var mount: FlagMount
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (names, information) = try await session.listing(try mount.path("environments"))
        let chosen = environments.isEmpty ? names : environments
        for name in chosen {
            let about: JSONObject = ["document": "environment", "name": .string(name)]
            print(about, information[name]?.objectValue ?? JSONObject(), session)
        }
        let definitions = try mount.path("definitions")
        let keys = try await session.listing(definitions).names
        let archived = try await session.listing(definitions, [("archived", "true")]).names
        for key in keys + archived {
            guard let definition = try await session.reading(try mount.path("definitions", key)) else { continue }
            print(["document": "definition"], definition, session)
        }
        for environment in chosen {
            for (folder, kind) in [("segments", "segment"), ("states", "state")] {
                for name in try await session.listing(try mount.path(folder, environment)).names {
                    let path = try mount.path(folder, environment, name)
                    guard let document = try await session.reading(path) else { continue }
                    print(["document": .string(kind)], document, session)
                }
            }
        }
    }

    private func print(_ head: JSONObject, _ document: JSONObject, _ session: Session) {
        session.print(String(decoding: JSONObject(head.members + document.members).serialized(), as: UTF8.self))
    }
}
