internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `tree`: names below a path, as a tree.
struct TreeCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract: "Show the names below a path as a tree.",
        discussion: """
            Without a path: the mounts that the token may see, with the secrets in them. A path in a KV mount is \
            spelled as for `kv list`; any other path that can be listed may be given too. Values are never read.

              $ vaultcli tree secret/app
              $ vaultcli tree -depth=1
              $ vaultcli tree flags/definitions -format=json
            """)

    @Option(name: .flag("depth"), help: "Show so many levels.") private var depth: Int?
    @Argument(help: "Path.") private var path: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard depth.map({ $0 > 0 }) ?? true else { throw .usage("-depth must be 1 or more") }
        let root = VaultPath.trimmed(path ?? "")
        let tree = try await tree(root, session)
        if tree.entries.isEmpty { throw .server("No names found below \(root)/") }
        try session.show(.strings(tree.entries.map { root.isEmpty ? $0.path : "\(root)/\($0.path)" })) {
            ([root.isEmpty ? "." : CellText.printable(root) + "/"] + tree.entries.map(\.line)).joined(separator: "\n")
        }
        if tree.isCut { session.note("There are more than \(NameTree.greatestCount) names; the rest is left out") }
    }

    private func tree(_ root: String, _ session: Session) async throws(Failure) -> NameTree {
        guard root.isEmpty else {
            let mount = try await VisibleMount.serving(root, session)
            return try await NameTree(depth: depth ?? .max) { (folder) async throws(Failure) in
                let path = VaultPath.trimmed("\(root)/\(folder)")
                return try await session.names(at: mount?.listing(of: path) ?? path)
            }
        }
        let mounts = try await VisibleMount.all(session)
        return try await NameTree(depth: depth ?? .max) { (folder) async throws(Failure) in
            guard !folder.isEmpty else { return .success(mounts.map(\.path)) }
            // Only secrets have their names at the root of their mount.
            guard let mount = mounts.first(where: { folder.hasBytePrefix($0.path) }), mount.isKeyValue else {
                return .success([])
            }
            return try await session.names(at: mount.listing(of: VaultPath.trimmed(folder)))
        }
    }
}
