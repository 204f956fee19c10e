internal import ArgumentParser
internal import VaultClient

/// How keys are copied and moved.
struct KVTransferOptions: ParsableArguments {
    /// Whether the source is a folder.
    @Flag(name: .flag("recursive", alias: "r"), help: "Take all keys of a folder and the folders in it.")
    var recursive = false
    /// Whether keys that are there already are overwritten.
    @Flag(name: .flag("force", alias: "f"), help: "Overwrite keys that are there already.")
    var force = false
    /// Whether only the keys are shown.
    @Flag(name: .flag("dry-run"), help: "Show what would be done and do nothing.")
    var dryRun = false
}

/// `kv copy`: the data of keys, elsewhere too.
struct KVCopy: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy the data of a key or folder.",
        discussion: """
            Copies the current version, within a mount or between mounts. A key that is there already is not \
            overwritten without -force.

              $ vaultcli kv copy secret/app/db secret/app/db-old
              $ vaultcli kv copy -recursive -dry-run secret/staging secret/production
            """,
        aliases: ["cp"])

    @OptionGroup private var transfer: KVTransferOptions
    @Argument(help: "Key or folder to copy, beginning with its mount.") private var source: String
    @Argument(help: "Where to, beginning with the mount.") private var destination: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let work = KVTransfer(
            source: try await KVLocation.find(source, mount: nil, session),
            destination: try await KVLocation.find(destination, mount: nil, session),
            overwrites: transfer.force, session: session)
        for pair in try await work.pairs(recursive: transfer.recursive) {
            if !transfer.dryRun { try await work.copy(pair.from, pair.to) }
            session.confirm("\(pair.from.mount)\(pair.from.path) -> \(pair.to.mount)\(pair.to.path)")
        }
    }
}

/// `kv move`: keys, elsewhere.
struct KVMove: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Move a key or folder.",
        discussion: """
            Copies as `kv copy` does, and removes the old keys with all their versions once everything is copied.

              $ vaultcli kv move secret/app/db secret/app/database
            """,
        aliases: ["mv"])

    @OptionGroup private var transfer: KVTransferOptions
    @Argument(help: "Key or folder to move, beginning with its mount.") private var source: String
    @Argument(help: "Where to, beginning with the mount.") private var destination: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let work = KVTransfer(
            source: try await KVLocation.find(source, mount: nil, session),
            destination: try await KVLocation.find(destination, mount: nil, session),
            overwrites: transfer.force, session: session)
        let pairs = try await work.pairs(recursive: transfer.recursive)
        for pair in pairs where pair.from.path(of: "data").utf8.elementsEqual(pair.to.path(of: "data").utf8) {
            throw .usage("Source and destination are the same key")
        }
        if !transfer.dryRun {
            for pair in pairs { try await work.copy(pair.from, pair.to) }
            for pair in pairs {
                let path = pair.from.path(of: "metadata")
                _ = try await session.send(VaultRequest(.delete, path), or: "Error deleting \(path)")
            }
        }
        for pair in pairs {
            session.confirm("\(pair.from.mount)\(pair.from.path) -> \(pair.to.mount)\(pair.to.path)")
        }
    }
}
