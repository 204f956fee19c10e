internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `operator backup`: all data, in a file.
struct OperatorBackup: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Save all data of the server in a file.",
        discussion: """
            The file is encrypted as the server's storage is: it is worthless without key shares. It is readable by \
            you alone, and appears under its name only when it is complete.

              $ vaultcli operator backup /var/backups/vault.backup
            """)

    @Argument(help: "File to write.", completion: .file()) private var file: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.get, "sys/storage/backup")
        try session.printInstead(request)
        let backup = try PrivateFile(replacing: file)
        do throws(VaultError) {
            _ = try await session.vault.download(request) { part throws(VaultError) in
                try Self.keep(part, in: backup)
            }
        } catch {
            throw Failure(error, during: "Error saving the backup")
        }
        try backup.commit()
        session.confirm("Success! Backup saved in \(file)")
    }

    private static func keep(_ part: [UInt8], in backup: PrivateFile) throws(VaultError) {
        do throws(Failure) {
            try backup.append(part)
        } catch {
            throw VaultError(.local, error.message)
        }
    }
}

/// `operator restore`: all data, from a file.
struct OperatorRestore: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Replace all data of the server by a backup.",
        discussion: """
            Everything written since the backup is lost. The key shares of the time of the backup are needed to \
            unseal the server afterwards.

              $ vaultcli operator restore /var/backups/vault.backup
            """)

    @Argument(help: "File to read.", completion: .file()) private var file: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let size = try LocalFile.size(of: file)
        let response = try await session.send(
            VaultRequest(.post, "sys/storage/restore", body: .file(path: file, size: size)),
            or: "Error restoring the backup")
        if !response.body.isEmpty { session.warn(try session.secret(response).warnings) }
        session.confirm("Success! Backup restored from \(file)")
    }
}
